// What a graph needs for some edits beside the model and its SAEs. What few edits use costs nothing where it is not
// used; edits that differ in anything else run in the same session.
import type { DirectionKind } from './edits.ts';

export interface EditLayout {
  /** Changes depend on which features are active. */
  readonly isConditional: boolean;
  /** By SAE: in how many rounds its features change one after the other. One where this says nothing. */
  readonly rounds: readonly number[];
  /** By SAE: its error is dropped on some tokens. */
  readonly dropsError: readonly boolean[];
  /** In the order in which they apply at their sites. */
  readonly directions: readonly { readonly site: string; readonly kind: DirectionKind }[];
}

/** Edits of features and nothing else. */
export const plainLayout: EditLayout = {
  ...{ isConditional: false, rounds: [], dropsError: [], directions: [] },
};

/** Equal for layouts that can share a session. */
export function layoutKey({ isConditional, rounds, dropsError, directions }: EditLayout): string {
  const several = rounds.flatMap((count, n) => (count > 1 ? [[n, count]] : []));
  const drops = dropsError.flatMap((does, n) => (does ? [n] : []));
  const along = directions.map(({ site, kind }) => [site, kind]);
  return JSON.stringify([isConditional, several, drops, along]);
}

/** Nothing of a condition but whether there is one matters here. */
type Condition = readonly unknown[];

/** What of a plan decides about its graph. */
interface LayoutParts {
  readonly slots: readonly (readonly { readonly gates: readonly Condition[] }[])[];
  readonly directions: readonly (EditLayout['directions'][number] & { readonly gate: Condition })[];
  readonly drops: readonly (readonly Condition[])[];
}

export function layoutFor({ slots, directions, drops }: LayoutParts): EditLayout {
  const gates = [
    ...slots.flat().flatMap((slot) => slot.gates),
    ...directions.map(({ gate }) => gate),
    ...drops.flat(),
  ];
  return {
    isConditional: gates.some((gate) => gate.length > 0),
    rounds: slots.map((own) => Math.max(1, ...own.map((slot) => slot.gates.length))),
    dropsError: drops.map((own) => own.length > 0),
    directions: directions.map(({ site, kind }) => ({ site, kind })),
  };
}
