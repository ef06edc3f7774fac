// Edits of one or several rows, ready for a graph: which stages the graph needs, which features and directions they
// work on, and what each row does there at a position. Amounts, positions and features are inputs of the graph, so a
// plan with the same layout runs in the same session.
import type { FeatureIndex } from '../../shared/units.ts';
import { compose, identity, type DirectionKind, type Transform } from './edits.ts';
import { plainLayout, type EditLayout } from './layout.ts';
import type { Touches } from './positions.ts';

/** A feature of the n-th SAE. */
export interface PlannedFeature {
  readonly n: number;
  readonly feature: FeatureIndex;
}

/** Features that all must be active, as their SAEs read them before their own edits; none for no condition. */
export type Gate = readonly PlannedFeature[];

/** A feature that the stage of an SAE reads, and what may become of it there. */
export interface Slot {
  readonly feature: FeatureIndex;
  /**
   * By round: the condition of what happens in it. A round goes on with the activation that the rounds before it left.
   * Empty for a feature that is only read.
   */
  readonly gates: readonly Gate[];
}

/** What is changed along. */
export interface DirectionStage {
  readonly site: string;
  /** Given, or the decoder row of a feature. */
  readonly along: Float32Array | PlannedFeature;
  readonly kind: DirectionKind;
  readonly gate: Gate;
}

/** Something that happens on some tokens. */
export interface Placed<T> {
  readonly what: T;
  readonly touches: Touches;
}

/** A change of a slot's activation in one of its rounds. */
export interface PlacedTransform extends Placed<Transform> {
  readonly round: number;
}

/** What one row does. */
export interface RowPlan {
  /** By SAE and slot, in the order in which they apply: their rounds never go down. */
  readonly transforms: readonly ReadonlyMap<number, readonly PlacedTransform[]>[];
  /** By direction stage: its amount. */
  readonly amounts: ReadonlyMap<number, Placed<number>>;
  /** By SAE: where its error is dropped, and under which of the plan's conditions for that. */
  readonly drops: readonly (readonly Placed<number>[])[];
}

export interface EditPlan {
  readonly layout: EditLayout;
  /** By SAE. */
  readonly slots: readonly (readonly Slot[])[];
  readonly directions: readonly DirectionStage[];
  /** By SAE: the conditions under which rows drop its error. */
  readonly drops: readonly (readonly Gate[])[];
  readonly rows: readonly RowPlan[];
}

/** One row that reads the model as it is, for a program without SAEs. */
export const unedited: EditPlan = {
  ...{ layout: plainLayout, slots: [], directions: [], drops: [] },
  rows: [{ transforms: [], amounts: new Map(), drops: [] }],
};

/** Transform of a slot in one round at a position: everything of it that touches the position, one after the other. */
export function transformAt(
  placed: readonly Placed<Transform>[],
  position: number,
  id: number,
): Transform {
  let transform = identity;
  for (const { what, touches } of placed) {
    if (touches(position, id)) transform = compose(transform, what);
  }
  return transform;
}

/** First position that a row may change; the length of the sequence where that is none. */
export function firstTouched(rows: readonly RowPlan[], ids: Uint32Array): number {
  const all = rows.flatMap(({ transforms, amounts, drops }) => [
    ...transforms.flatMap((slots) => [...slots.values()].flat()),
    ...amounts.values(),
    ...drops.flat(),
  ]);
  const at = ids.findIndex((id, position) => all.some(({ touches }) => touches(position, id)));
  return at === -1 ? ids.length : at;
}
