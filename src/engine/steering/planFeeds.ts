// The inputs of a graph with edits that stay the same for all runs of a plan: what is edited, and under which conditions.
import type { Tensor } from '../../shared/tensor.ts';
import { featureIndex, type FeatureIndex } from '../../shared/units.ts';
import { norm } from '../math/linear.ts';
import { floatFeed } from '../onnx/runtime/feeds.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { editedFeatureFeeds, readDecoderRows } from '../sae/rows.ts';
import type { Sae } from '../sae/sae.ts';
import { directionInputs } from './directions.ts';
import type { DirectionStage, EditPlan, Gate } from './editPlan.ts';
import { stageNames } from './editStages.ts';
import { gateFeeds } from './gates.ts';
import { interventionInputs } from './interventions.ts';
import { stageOrder, type SiteOrder } from './stageOrder.ts';

/** Stands for none in an SAE without edits; unchanged, it adds exactly zero. */
const anyFeature = featureIndex(0);

/** Features that the graph is fed with, by SAE: at least one each. */
export function fedFeatures({ slots }: EditPlan): readonly (readonly FeatureIndex[])[] {
  return slots.map((own) => (own.length === 0 ? [anyFeature] : own.map(({ feature }) => feature)));
}

/**
 * What depends on the plan only.
 * @throws MonosemError where a file cannot be read
 */
export async function planFeeds(
  plan: EditPlan,
  saes: readonly Sae[],
  sites: SiteOrder,
): Promise<OnnxTensors> {
  const feeds: Record<string, OnnxTensor> = {};
  const features = fedFeatures(plan);
  for (const [n, sae] of saes.entries()) {
    const own = features[n] ?? [];
    Object.assign(feeds, await editedFeatureFeeds(sae, own, n));
    feeds[interventionInputs(n).decoder] = floatFeed(await readDecoderRows(sae, own));
  }
  for (const [i, stage] of plan.directions.entries()) {
    const data = await directionOf(stage, saes);
    feeds[directionInputs(i).direction] = floatFeed({ dims: [data.length], data });
  }
  if (plan.layout.isConditional) {
    for (const [name, tensor] of allGates(plan, saes, sites)) feeds[name] = floatFeed(tensor);
  }
  return feeds;
}

/** v, of length 1 for everything but a plain addition; 0 along a feature that writes nothing. */
async function directionOf(
  { along, kind }: DirectionStage,
  saes: readonly Sae[],
): Promise<Float32Array> {
  const vector = along instanceof Float32Array ? along : await decoderRow(along, saes);
  if (kind === 'add') return vector;
  const length = norm(vector, 0, vector.length);
  return length === 0 ? vector : vector.map((x) => x / length);
}

async function decoderRow(
  { n, feature }: { readonly n: number; readonly feature: FeatureIndex },
  saes: readonly Sae[],
): Promise<Float32Array> {
  const sae = saes[n];
  return sae === undefined ? new Float32Array(0) : (await readDecoderRows(sae, [feature])).data;
}

/** The conditions of all stages, in the layout of `emitEdits`. */
function allGates(
  plan: EditPlan,
  saes: readonly Sae[],
  sites: SiteOrder,
): (readonly [name: string, tensor: Tensor])[] {
  const order = stageOrder(saes, sites);
  const features = fedFeatures(plan);
  /** The columns of a stage that reads these SAEs, and which of them a condition is about. */
  const columnsOf = (
    isRead: (m: number) => boolean,
  ): { readonly G: number; readonly at: (gate: Gate) => number[] } => {
    const columns = order.saes
      .filter(isRead)
      .flatMap((m) => (features[m] ?? []).map((feature) => `${m}/${feature}`));
    return {
      G: columns.length,
      at: (gate) => gate.map(({ n, feature }) => columns.indexOf(`${n}/${feature}`)),
    };
  };
  const feeds: (readonly [name: string, tensor: Tensor])[] = [];
  for (const n of order.saes) {
    const { G, at } = columnsOf((m) => order.isReadBefore(m, n));
    const add = (stage: string, gates: readonly Gate[]): void => {
      feeds.push(...gateFeeds(stage, gates.map(at), G));
    };
    for (let round = 0; round < (plan.layout.rounds[n] ?? 1); round++) {
      const gates = features[n]?.map((_, e) => plan.slots[n]?.[e]?.gates[round] ?? []) ?? [];
      add(stageNames.round(n, round), gates);
    }
    const drops = plan.drops[n] ?? [];
    if (drops.length > 0) add(stageNames.drops(n), drops);
  }
  for (const [i, { site, gate }] of plan.directions.entries()) {
    const { G, at } = columnsOf((m) => order.isReadBy(m, site));
    if (G > 0) feeds.push(...gateFeeds(stageNames.direction(i), [at(gate)], G));
  }
  return feeds;
}
