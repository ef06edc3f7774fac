// How a token whose loss changes is painted, in an editor and in a view: in a few levels, so that what is painted is bounded.

/** Nats by which the loss of a token has to change to be painted, and from which each further level begins. */
export const lossChangeBounds: readonly number[] = [0.02, 0.1, 0.5, 1];

export interface LossChange {
  /** To predict: the loss rises, or falls. */
  readonly kind: 'harder' | 'easier';
  /** 0 (faint) … `levels` − 1 of themeColours.ts. */
  readonly level: number;
}

/**
 * @param change of the loss of a token in nats
 * @returns `undefined` for a token that hardly changes
 */
export function lossChangeOf(change: number): LossChange | undefined {
  const reached = lossChangeBounds.filter((bound) => Math.abs(change) >= bound).length;
  return reached === 0 ? undefined : { kind: change > 0 ? 'harder' : 'easier', level: reached - 1 };
}
