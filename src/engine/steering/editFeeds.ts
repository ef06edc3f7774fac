// The inputs of a graph with edits. What is edited stays the same for all runs of a plan; what happens to each token is
// written anew for every run.
import type { Tensor } from '../../shared/tensor.ts';
import { norm } from '../math/linear.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { editedFeatureFeeds, readDecoderRows } from '../sae/rows.ts';
import type { Sae } from '../sae/sae.ts';
import { directionInputs, neutralAmount } from './directions.ts';
import { transformAt, type DirectionStage, type EditPlan, type RowPlan } from './editPlan.ts';
import { stageNames } from './editStages.ts';
import { gateFeeds } from './gates.ts';
import { interventionInputs } from './interventions.ts';
import { stageOrder, type SiteOrder } from './stageOrder.ts';
import { featureIndex, type FeatureIndex } from '../../shared/units.ts';

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
    feeds[interventionInputs(n).decoder] = asFeed(await readDecoderRows(sae, own));
  }
  for (const [i, stage] of plan.directions.entries()) {
    const data = await directionOf(stage, saes);
    feeds[directionInputs(i).direction] = asFeed({ dims: [data.length], data });
  }
  if (plan.layout.isConditional) {
    for (const [name, tensor] of allGates(plan, saes, sites)) feeds[name] = asFeed(tensor);
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
  const columnsOf = (
    isKnown: (m: number) => boolean,
  ): { readonly G: number; readonly at: (gate: DirectionStage['gate']) => number[] } => {
    const columns = order.saes
      .filter(isKnown)
      .flatMap((m) => (features[m] ?? []).map((feature) => `${m}/${feature}`));
    return {
      G: columns.length,
      at: (gate) => gate.map(({ n, feature }) => columns.indexOf(`${n}/${feature}`)),
    };
  };
  const feeds: (readonly [name: string, tensor: Tensor])[] = [];
  for (const n of order.saes) {
    const { G, at } = columnsOf((m) => order.isReadBefore(m, n));
    const gates = features[n]?.map((_, e) => at(plan.slots[n]?.[e]?.gate ?? [])) ?? [];
    feeds.push(...gateFeeds(stageNames.sae(n), gates, G));
  }
  for (const [i, { site, gate }] of plan.directions.entries()) {
    const { G, at } = columnsOf((m) => order.isReadBy(m, site));
    if (G > 0) feeds.push(...gateFeeds(stageNames.direction(i), [at(gate)], G));
  }
  return feeds;
}

/** One row's part of a run. */
export interface EditedRun {
  readonly plan: RowPlan;
  /** [T], the same T in every row. */
  readonly ids: Uint32Array;
}

/**
 * What happens to the tokens of a run.
 * @param start position of its first token
 */
export function runFeeds(plan: EditPlan, rows: readonly EditedRun[], start: number): OnnxTensors {
  const feeds: Record<string, OnnxTensor> = {};
  const B = rows.length;
  const T = rows[0]?.ids.length ?? 0;
  for (const [n, own] of fedFeatures(plan).entries()) {
    const names = interventionInputs(n);
    const { gain, bias } = gainAndBias(rows, { n, E: own.length, start });
    const dims = [B, T, own.length];
    feeds[names.gain] = asFeed({ dims, data: gain });
    feeds[names.bias] = asFeed({ dims, data: bias });
    if (plan.layout.dropsError[n] === true)
      feeds[names.keepsError] = {
        type: 'bool',
        dims: [B, T, 1],
        data: keptErrors(rows, n, start),
      };
  }
  for (const [i, { kind }] of plan.layout.directions.entries()) {
    const data = amounts(rows, { i, neutral: neutralAmount[kind], start });
    feeds[directionInputs(i).amount] = asFeed({ dims: [B, T, 1], data });
  }
  return feeds;
}

/** [B, T, E] each. */
function gainAndBias(
  rows: readonly EditedRun[],
  { n, E, start }: { readonly n: number; readonly E: number; readonly start: number },
): { readonly gain: Float32Array; readonly bias: Float32Array } {
  const T = rows[0]?.ids.length ?? 0;
  const gain = new Float32Array(rows.length * T * E).fill(1);
  const bias = new Float32Array(rows.length * T * E);
  for (const [b, { plan, ids }] of rows.entries()) {
    for (const [e, placed] of plan.transforms[n] ?? []) {
      for (let t = 0; t < T; t++) {
        const at = (b * T + t) * E + e;
        const transform = transformAt(placed, start + t, ids[t] ?? 0);
        gain[at] = transform.gain;
        bias[at] = transform.bias;
      }
    }
  }
  return { gain, bias };
}

/** [B, T, 1] */
function keptErrors(rows: readonly EditedRun[], n: number, start: number): Uint8Array {
  const T = rows[0]?.ids.length ?? 0;
  const keeps = new Uint8Array(rows.length * T).fill(1);
  for (const [b, { plan, ids }] of rows.entries()) {
    const drops = plan.drops[n] ?? [];
    for (let t = 0; t < T; t++) {
      if (drops.some((touches) => touches(start + t, ids[t] ?? 0))) keeps[b * T + t] = 0;
    }
  }
  return keeps;
}

/** [B, T, 1] */
function amounts(
  rows: readonly EditedRun[],
  { i, neutral, start }: { readonly i: number; readonly neutral: number; readonly start: number },
): Float32Array {
  const T = rows[0]?.ids.length ?? 0;
  const data = new Float32Array(rows.length * T).fill(neutral);
  for (const [b, { plan, ids }] of rows.entries()) {
    const placed = plan.amounts.get(i);
    if (placed === undefined) continue;
    for (let t = 0; t < T; t++) {
      if (placed.touches(start + t, ids[t] ?? 0)) data[b * T + t] = placed.what;
    }
  }
  return data;
}

function asFeed({ dims, data }: Tensor): OnnxTensor<'float32'> {
  return { type: 'float32', dims, data };
}
