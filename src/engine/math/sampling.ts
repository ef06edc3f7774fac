// Choosing the next token from logits. Sampling uses the Gumbel-max trick: argmax(logit / temperature + noise) with
// Gumbel noise is a draw from softmax(logits / temperature) (Maddison, Tarlow, Minka 2014, "A* Sampling", section 2).
// Sharing one noise vector between two rows couples them: rows with equal logits choose equal tokens, and a small
// change of the logits rarely changes the choice, which is what comparing baseline and steered text wants.

/** Index of the largest value in logits[from, from + length); the first one where several are equal. */
export function argmax(logits: Float32Array, from: number, length: number): number {
  let best = 0;
  for (let i = 1; i < length; i++) if (logits[from + i] > logits[from + best]) best = i;
  return best;
}

/**
 * Fills `noise` with independent standard Gumbel draws, −ln(−ln u).
 * @param uniform draws from the open interval (0, 1)
 */
export function fillGumbel(noise: Float32Array, uniform: () => number): void {
  for (let i = 0; i < noise.length; i++) noise[i] = -Math.log(-Math.log(uniform()));
}

/**
 * A draw from softmax(logits[from, from + noise.length) / temperature).
 * @param temperature above 0
 * @param noise standard Gumbel draws, one per token
 */
export function sampleGumbel(
  logits: Float32Array,
  from: number,
  temperature: number,
  noise: Float32Array,
): number {
  let best = 0;
  let bestScore = -Infinity;
  for (let i = 0; i < noise.length; i++) {
    const score = logits[from + i] / temperature + noise[i];
    if (score > bestScore) {
      bestScore = score;
      best = i;
    }
  }
  return best;
}
