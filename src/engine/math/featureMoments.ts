// Running statistics of every feature in one pass and fixed memory: count, sum, sum of squares, maximum, and a
// histogram whose range grows with the data.
//
// Histogram: 512 fine bins of equal width over (0, R], closed above, where R is the power of two next above the
// largest value so far. When a larger value comes, R doubles and neighbouring bins merge, which loses nothing but
// resolution. At the end R < 2 · max, so a fine bin is narrower than max / 256; the bins that are shown (a few dozen
// from 0 to max) take each fine bin whole, by its middle. A value is thus counted in a neighbouring shown bin only
// if it lies within max / 512 of their border.

const fineBins = 512;

export class FeatureMoments {
  readonly count: Uint32Array;
  readonly sum: Float64Array;
  readonly sumOfSquares: Float64Array;
  readonly max: Float32Array;
  /** R of each feature; 0 before its first value. */
  readonly #range: Float64Array;
  /** [F, fineBins] */
  readonly #fine: Uint32Array;

  /** @param featureCount F; memory is 2 KiB per feature */
  constructor(featureCount: number) {
    this.count = new Uint32Array(featureCount);
    this.sum = new Float64Array(featureCount);
    this.sumOfSquares = new Float64Array(featureCount);
    this.max = new Float32Array(featureCount);
    this.#range = new Float64Array(featureCount);
    this.#fine = new Uint32Array(featureCount * fineBins);
  }

  /** Adds values [from, to), all finite and > 0, of one feature. */
  add(feature: number, values: Float32Array, from: number, to: number): void {
    this.count[feature] += to - from;
    for (let i = from; i < to; i += 1) {
      const value = values[i];
      this.sum[feature] += value;
      this.sumOfSquares[feature] += value * value;
      if (value > this.max[feature]) this.max[feature] = value;
      this.#addToHistogram(feature, value);
    }
  }

  /** Values per bin, `bins` bins of equal width from 0 to the feature's maximum. */
  histogram(feature: number, bins: number): Uint32Array {
    const out = new Uint32Array(bins);
    const perFine = this.#range[feature] / fineBins;
    const perBin = this.max[feature] / bins;
    for (let i = 0; i < fineBins; i += 1) {
      const count = this.#fine[feature * fineBins + i];
      if (count > 0) out[Math.min(bins - 1, Math.floor(((i + 0.5) * perFine) / perBin))] += count;
    }
    return out;
  }

  #addToHistogram(feature: number, value: number): void {
    if (this.#range[feature] === 0) this.#range[feature] = 2 ** Math.ceil(Math.log2(value));
    while (value > this.#range[feature]) this.#doubleRange(feature);
    const bin = Math.ceil((value / this.#range[feature]) * fineBins) - 1;
    this.#fine[feature * fineBins + Math.max(0, bin)] += 1;
  }

  #doubleRange(feature: number): void {
    const start = feature * fineBins;
    const fine = this.#fine;
    for (let i = 0; i < fineBins / 2; i += 1) {
      fine[start + i] = fine[start + 2 * i] + fine[start + 2 * i + 1];
    }
    fine.fill(0, start + fineBins / 2, start + fineBins);
    this.#range[feature] *= 2;
  }
}
