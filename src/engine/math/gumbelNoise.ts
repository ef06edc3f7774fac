// Draws from softmax(logits / temperature) by the Gumbel-max trick: argmax(logit / temperature + noise) with Gumbel noise
// is such a draw (Maddison, Tarlow, Minka 2014, "A* Sampling", section 2). Rows that share one noise vector are coupled:
// with equal logits they choose equal tokens, and a small change of the logits rarely changes the choice, which is what
// comparing baseline and steered text wants. A token that is filtered out uses up its random number all the same, so that
// numbers of later steps do not depend on filters or edits.

/** 2^−m */
const halves = Float64Array.from({ length: 32 }, (_, m) => 2 ** -m);

export class GumbelNoise {
  /** [V] u of the standard Gumbel draws −ln(−ln u). */
  #uniforms = new Float64Array(0);

  /**
   * Noise for the next step.
   * @param vocabulary V
   * @param uniform draws from [0, 1); called V times
   */
  draw(vocabulary: number, uniform: () => number): void {
    if (this.#uniforms.length !== vocabulary) this.#uniforms = new Float64Array(vocabulary);
    const uniforms = this.#uniforms;
    for (let i = 0; i < vocabulary; i += 1) uniforms[i] = uniform();
  }

  /**
   * A draw from softmax(logits / temperature) over the logits [V] that are not below the cutoff. A token's noise is only
   * worked out where its bound could win.
   * @param temperature above 0
   */
  choose(logits: Float32Array, temperature: number, cutoff = -Infinity): number {
    const uniforms = this.#uniforms;
    const perLogit = 1 / temperature;
    let best = -1;
    let score = -Infinity;
    for (let i = 0; i < logits.length; i += 1) {
      if (logits[i] < cutoff) continue;
      const x = logits[i] * perLogit;
      const missing = score - x;
      // −ln(−ln u) ≤ −ln(1 − u) ≤ m ln 2 for 1 − u ≥ 2^−m: most tokens are out of reach without a logarithm.
      if (missing > 0 && 1 - uniforms[i] >= halves[Math.min(31, missing * Math.LOG2E) | 0])
        continue;
      const candidate = x - Math.log(-Math.log(uniforms[i]));
      if (candidate > score) {
        score = candidate;
        best = i;
      }
    }
    // Where every score is −Infinity.
    return best >= 0 ? best : logits.findIndex((logit) => !(logit < cutoff));
  }
}
