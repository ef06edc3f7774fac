// Draws from softmax(logits / temperature) by the Gumbel-max trick: argmax(logit / temperature + noise) with Gumbel noise
// is such a draw (Maddison, Tarlow, Minka 2014, "A* Sampling", section 2). Rows that share one noise vector are coupled:
// with equal logits they choose equal tokens, and a small change of the logits rarely changes the choice, which is what
// comparing baseline and steered text wants. A token that is filtered out uses up its random number all the same, so that
// numbers of later steps do not depend on filters or edits.

/** Writes draws from [0, 1) over all of an array. */
export type FillUniform = (target: Float64Array) => unknown;

/** Of numbers with so many leading zeros among the 32 bits behind the point, the smallest is 2^−(zeros + 1). */
const reaches = Float64Array.from({ length: 33 }, (_, zeros) =>
  zeros === 32 ? Infinity : (zeros + 1) * Math.LN2,
);

export class GumbelNoise {
  /** [V] u of the standard Gumbel draws −ln(−ln u). */
  #uniforms = new Float64Array(0);
  /** [V] no draw is above its reach: −ln(−ln u) ≤ −ln(1 − u) ≤ m ln 2 for 1 − u ≥ 2^−m. */
  #reaches = new Float64Array(0);

  /**
   * Noise for the next step.
   * @param vocabulary V
   */
  draw(vocabulary: number, fillUniform: FillUniform): void {
    if (this.#uniforms.length !== vocabulary) {
      this.#uniforms = new Float64Array(vocabulary);
      this.#reaches = new Float64Array(vocabulary);
    }
    const uniforms = this.#uniforms;
    const own = this.#reaches;
    fillUniform(uniforms);
    for (let i = 0; i < vocabulary; i += 1) {
      own[i] = reaches[Math.clz32((1 - uniforms[i]) * 4294967296)];
    }
  }

  /**
   * A draw from softmax(logits / temperature) over the logits [V] that are not below the cutoff. A token's noise is only
   * worked out where its reach could win: for most tokens there is no logarithm.
   * @param temperature above 0
   */
  choose(logits: Float32Array, temperature: number, cutoff = -Infinity): number {
    const uniforms = this.#uniforms;
    const own = this.#reaches;
    const perLogit = 1 / temperature;
    let best = -1;
    let score = -Infinity;
    for (let i = 0; i < logits.length; i += 1) {
      const x = logits[i] * perLogit;
      if (x + own[i] <= score || logits[i] < cutoff) continue;
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
