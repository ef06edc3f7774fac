// Everything that edits do, as one graph: an intervention per SAE, then what happens along directions.
import type { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { editsAxis } from '../sae/subgraph/edited.ts';
import { emitDirection } from './directions.ts';
import { emitGates } from './gates.ts';
import { emitIntervention, type StageGates } from './interventions.ts';
import type { EditLayout } from './layout.ts';
import { stageOrder } from './stageOrder.ts';

/** Names of stages, for their inputs. */
export const stageNames = {
  round: (n: number, round: number): string => `${n}.${round}`,
  drops: (n: number): string => `${n}.drops`,
  direction: (i: number): string => `direction_${i}`,
} as const;

/**
 * @param saes edited one after the other where several write to one site
 * @returns f [B, T, E] of each SAE before its edit, in the order of `saes`
 */
export function emitEdits(overlay: Overlay, saes: readonly Sae[], layout: EditLayout): string[] {
  const { builder } = overlay;
  const order = stageOrder(saes, overlay.sites);
  const activations: string[] = saes.map(() => '');
  /** Of the SAEs before and including one, in the order of the stages. */
  const known = (last: (m: number) => boolean, own?: string): string => {
    const names = order.saes.filter(last).map((m) => activations[m] ?? '');
    const all = own === undefined ? names : [...names, own];
    return all.length === 1
      ? (all[0] ?? '')
      : builder.op('Concat', all, { attributes: { axis: -1 } });
  };
  const gates = (stage: string, values: string, count: string | number): string =>
    emitGates(builder, values, { stage, axes: [`gating_${stage}`, count] });
  for (const n of order.saes) {
    const sae = saes[n];
    if (sae === undefined) continue;
    const isBefore = (m: number): boolean => m !== n && order.isReadBefore(m, n);
    const stageGates = (f: string): StageGates => {
      const values = known(isBefore, f);
      return {
        round: (round) => gates(stageNames.round(n, round), values, editsAxis(n)),
        drops: (axis) => gates(stageNames.drops(n), values, axis),
      };
    };
    activations[n] = emitIntervention(overlay, sae, {
      n,
      rounds: layout.rounds[n] ?? 1,
      dropsError: layout.dropsError[n] === true,
      ...(layout.isConditional && { gatesOf: stageGates }),
    });
  }
  for (const [i, { site, kind }] of layout.directions.entries()) {
    const isConditional = layout.isConditional && saes.some((_, m) => order.isReadBy(m, site));
    const gate = (): string =>
      gates(
        stageNames.direction(i),
        known((m) => order.isReadBy(m, site)),
        1,
      );
    emitDirection(overlay, site, { i, kind, ...(isConditional && { gate: gate() }) });
  }
  return activations;
}
