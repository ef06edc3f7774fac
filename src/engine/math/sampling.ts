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

/** 2^−m */
const halves = Float64Array.from({ length: 32 }, (_, m) => 2 ** -m);

/**
 * A draw from softmax(a / temperature) and one from softmax(b / temperature), a and b [V], coupled by one noise
 * vector of standard Gumbel draws −ln(−ln u). A token's noise is only worked out where its bound could win.
 * @param temperature above 0
 * @param uniform draws from the open interval (0, 1); called V times
 */
export function sampleGumbelPair(
  a: Float32Array,
  b: Float32Array,
  temperature: number,
  uniform: () => number,
): [number, number] {
  const perLogit = 1 / temperature;
  let bestA = 0;
  let bestB = 0;
  let scoreA = -Infinity;
  let scoreB = -Infinity;
  for (let i = 0; i < a.length; i++) {
    const u = uniform();
    const x = a[i] * perLogit;
    const y = b[i] * perLogit;
    const missing = Math.min(scoreA - x, scoreB - y);
    // −ln(−ln u) ≤ −ln(1 − u) ≤ m ln 2 for 1 − u ≥ 2^−m: most tokens are out of reach without a logarithm.
    if (missing > 0 && 1 - u >= halves[Math.min(31, missing * Math.LOG2E) | 0]) continue;
    const noise = -Math.log(-Math.log(u));
    if (x + noise > scoreA) {
      scoreA = x + noise;
      bestA = i;
    }
    if (y + noise > scoreB) {
      scoreB = y + noise;
      bestB = i;
    }
  }
  return [bestA, bestB];
}
