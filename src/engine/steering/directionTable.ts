// The stages of a plan that change something along a direction, shared by the rows as far as that keeps their order.
import type { SteerEdit } from '../../shared/engineProtocol.ts';
import type { DirectionStage, Placed } from './editPlan.ts';
import { amountOf, directionKindOf } from './edits.ts';
import type { Touches } from './positions.ts';
import { sameFeature, sameGate } from './gatePlace.ts';

/** What a row does in which stage. */
export type RowAmounts = Map<number, Placed<number>>;

export class DirectionTable {
  readonly stages: DirectionStage[] = [];

  /**
   * Gives a row a stage for an edit: one that another row has already, if it comes behind all stages of this row, since
   * its edits apply in the order given.
   * @param amounts of the row
   * @throws MonosemError `badEdit`
   */
  add(
    amounts: RowAmounts,
    edit: SteerEdit,
    touches: Touches,
    where: Omit<DirectionStage, 'kind'>,
  ): void {
    const stage: DirectionStage = { ...where, kind: directionKindOf(edit) };
    const last = Math.max(-1, ...amounts.keys());
    let at = this.stages.findIndex((known, i) => i > last && isSame(known, stage));
    if (at === -1) at = this.stages.push(stage) - 1;
    amounts.set(at, { what: amountOf(edit), touches });
  }
}

function isSame(a: DirectionStage, b: DirectionStage): boolean {
  return (
    a.site === b.site &&
    a.kind === b.kind &&
    sameDirection(a.along, b.along) &&
    sameGate(a.gate, b.gate)
  );
}

function sameDirection(a: DirectionStage['along'], b: DirectionStage['along']): boolean {
  if (a instanceof Float32Array || b instanceof Float32Array) return a === b;
  return sameFeature(a, b);
}
