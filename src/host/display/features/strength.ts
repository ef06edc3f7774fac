// How strongly a token is painted: its activation against the largest one known for the feature, in a few levels so
// that decorations can be shared. Without VS Code.

/** Levels of strength, weakest first: 0 … levels − 1. */
export const levels = 4;
/** Share of the maximum from which the next level begins. */
const bounds = [0.2, 0.4, 0.65];

/**
 * @param activation of the token, above 0
 * @param maximum largest activation of the feature in the corpus, or in view when that is unknown
 */
export function strengthLevel(activation: number, maximum: number): number {
  const share = maximum > 0 ? activation / maximum : 1;
  return bounds.filter((bound) => share >= bound).length;
}
