// Edits of one or several rows, ready for a graph: which stages the graph needs, which features and directions they
// work on, and what each row does there at a position. Amounts, positions and features are inputs of the graph, so a
// plan with the same layout runs in the same session.
import type { FeatureIndex } from '../../shared/units.ts';
import { compose, identity, type DirectionKind, type Transform } from './edits.ts';
import type { EditLayout } from './layout.ts';
import type { Touches } from './positions.ts';

/** A feature of the n-th SAE. */
export interface PlannedFeature {
  readonly n: number;
  readonly feature: FeatureIndex;
}

/** A feature that a stage reads, and mostly changes, while all features of its gate are active. */
export interface Slot {
  readonly feature: FeatureIndex;
  readonly gate: readonly PlannedFeature[];
}

/** What is changed along. */
export interface DirectionStage {
  readonly site: string;
  /** Given, or the decoder row of a feature. */
  readonly along: Float32Array | PlannedFeature;
  readonly kind: DirectionKind;
  readonly gate: readonly PlannedFeature[];
}

/** Something that happens on some tokens. */
export interface Placed<T> {
  readonly what: T;
  readonly touches: Touches;
}

/** What one row does. */
export interface RowPlan {
  /** By SAE and slot, in the order in which they apply. */
  readonly transforms: readonly ReadonlyMap<number, readonly Placed<Transform>[]>[];
  /** By direction stage: its amount. */
  readonly amounts: ReadonlyMap<number, Placed<number>>;
  /** By SAE: where its error is dropped. */
  readonly drops: readonly (readonly Touches[])[];
}

export interface EditPlan {
  readonly layout: EditLayout;
  /** By SAE. */
  readonly slots: readonly (readonly Slot[])[];
  readonly directions: readonly DirectionStage[];
  readonly rows: readonly RowPlan[];
}

/** Transform of a slot at a position: everything that touches it, one after the other. */
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
    ...transforms.flatMap((slots) => [...slots.values()].flat()).map(({ touches }) => touches),
    ...[...amounts.values()].map(({ touches }) => touches),
    ...drops.flat(),
  ]);
  const at = ids.findIndex((id, position) => all.some((touches) => touches(position, id)));
  return at === -1 ? ids.length : at;
}
