// Sums over tokens from which the quality of a reconstruction follows. Double precision, one pass, bounded memory.
// Squares are taken about the first token seen: a residual stream lies far from 0, where sums of squares cancel.

export class ReconstructionSums {
  readonly D: number;
  readonly F: number;
  tokens = 0;
  /** Σ‖x − x̂‖² */
  squaredError = 0;
  /** Σ cos(x, x̂) */
  cosine = 0;
  /** Σ‖x̂‖ ÷ ‖x‖ */
  lengthRatio = 0;
  /** Σ‖x̂‖² and Σ x · x̂ */
  reconstructedSquare = 0;
  innerProduct = 0;
  /** Σ_t ‖x_t − x̂_t‖² ÷ ‖x_t − x̄‖² with x̄ the mean of the block that t came in */
  relativeError = 0;
  /** Σ of activations */
  activation = 0;
  /** Tokens on which each feature is active, [F] */
  readonly fires: Float64Array;
  #origin: Float64Array | undefined;
  /** Σ (x − origin), [D], and Σ‖x − origin‖² */
  readonly #offset: Float64Array;
  #offsetSquare = 0;

  constructor(D: number, F: number) {
    this.D = D;
    this.F = F;
    this.fires = new Float64Array(F);
    this.#offset = new Float64Array(D);
  }

  /**
   * @param x activations [n, D]
   * @param reconstruction x̂ [n, D]
   * @param features activations of the SAE [n, F]
   */
  add(x: Float32Array, reconstruction: Float32Array, features: Float32Array): void {
    const { D } = this;
    if (x.length === 0) return;
    this.#origin ??= Float64Array.from(x.subarray(0, D));
    const mean = blockMean(x, D);
    for (let row = 0; row < x.length; row += D) {
      this.#addOffset(x, row);
      this.#addToken(x, reconstruction, row, mean);
    }
    this.tokens += x.length / D;
    for (let i = 0; i < features.length; i++) {
      if (features[i] > 0) {
        this.fires[i % this.F]++;
        this.activation += features[i];
      }
    }
  }

  /** Σ‖x − x̄‖² over everything seen. */
  get squaredDeviation(): number {
    let shift = 0;
    for (let d = 0; d < this.D; d++) shift += this.#offset[d] * this.#offset[d];
    return this.#offsetSquare - shift / this.tokens;
  }

  #addOffset(x: Float32Array, row: number): void {
    const origin = this.#origin as Float64Array;
    for (let d = 0; d < this.D; d++) {
      const offset = x[row + d] - origin[d];
      this.#offset[d] += offset;
      this.#offsetSquare += offset * offset;
    }
  }

  #addToken(x: Float32Array, y: Float32Array, row: number, mean: Float64Array): void {
    let error = 0;
    let deviation = 0;
    let xx = 0;
    let yy = 0;
    let xy = 0;
    for (let d = 0; d < this.D; d++) {
      const a = x[row + d];
      const b = y[row + d];
      error += (a - b) * (a - b);
      deviation += (a - mean[d]) * (a - mean[d]);
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
    this.squaredError += error;
    this.reconstructedSquare += yy;
    this.innerProduct += xy;
    const product = Math.sqrt(xx * yy);
    if (product > 0) this.cosine += xy / product;
    if (xx > 0) this.lengthRatio += Math.sqrt(yy / xx);
    if (deviation > 0) this.relativeError += error / deviation;
  }
}

function blockMean(x: Float32Array, D: number): Float64Array {
  const mean = new Float64Array(D);
  for (let i = 0; i < x.length; i++) mean[i % D] += x[i];
  for (let d = 0; d < D; d++) mean[d] /= x.length / D;
  return mean;
}
