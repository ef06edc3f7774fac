// What a graph needs for some edits beside the model and its SAEs. What few edits use costs nothing where it is not
// used; edits that differ in anything else run in the same session.
import type { DirectionKind } from './edits.ts';

export interface EditLayout {
  /** Changes depend on which features are active. */
  readonly isConditional: boolean;
  /** By SAE: its error is dropped on some tokens. */
  readonly dropsError: readonly boolean[];
  /** In the order in which they apply at their sites. */
  readonly directions: readonly { readonly site: string; readonly kind: DirectionKind }[];
}

/** Edits of features and nothing else. */
export const plainLayout: EditLayout = { isConditional: false, dropsError: [], directions: [] };

/** Equal for layouts that can share a session. */
export function layoutKey({ isConditional, dropsError, directions }: EditLayout): string {
  const drops = dropsError.flatMap((does, n) => (does ? [n] : []));
  return JSON.stringify([isConditional, drops, directions.map(({ site, kind }) => [site, kind])]);
}

interface Gated {
  readonly gate: readonly unknown[];
}

export function layoutFor(parts: {
  readonly slots: readonly (readonly Gated[])[];
  readonly directions: readonly (Gated & EditLayout['directions'][number])[];
  readonly dropsError: readonly boolean[];
}): EditLayout {
  const { slots, directions, dropsError } = parts;
  return {
    isConditional: [...slots.flat(), ...directions].some(({ gate }) => gate.length > 0),
    dropsError,
    directions: directions.map(({ site, kind }) => ({ site, kind })),
  };
}
