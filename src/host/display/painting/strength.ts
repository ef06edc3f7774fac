// How strongly a token is painted: in a few levels, so that decorations can be shared. Without VS Code.

/** Share of the maximum from which the next level begins. */
const shareBounds = [0.2, 0.4, 0.65];
/**
 * Bits from which a token is painted, and from which each further level begins: the model gave the token a probability of at
 * most 1/2, 1/8, 1/64, 1/1024. Absolute, so that files and models can be compared.
 */
const bitBounds = [1, 3, 6, 10];

/** 0 … levels − 1. @param share activation ÷ largest activation of the feature, above 0 */
export function strengthLevel(share: number): number {
  return stepsReached(shareBounds, share);
}

/** 0 … levels − 1; −1 for a token that the model expected. @param loss −ln p in nats */
export function surpriseLevel(loss: number): number {
  return stepsReached(bitBounds, bitsOf(loss)) - 1;
}

/** @param nats −ln p */
export function bitsOf(nats: number): number {
  return nats / Math.LN2;
}

function stepsReached(bounds: readonly number[], value: number): number {
  let steps = 0;
  for (const bound of bounds) if (value >= bound) steps++;
  return steps;
}
