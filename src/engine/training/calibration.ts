// The threshold with which an SAE trained by BatchTopK is used on single tokens (saved as JumpReLU, as SAELens does).
// The trainer's moving average of the smallest kept activation is a first estimate; measuring it on activations that
// were not trained on gives the wanted L0 there.
import { addToHistogram, histogramBuckets, valueAtCount } from '../math/sparseCodes.ts';

/** Collects pre-activations in bounded memory. */
export class ThresholdCalibration {
  readonly #histogram = new Uint32Array(histogramBuckets);
  #tokens = 0;

  /** @param z pre-activations [rows, F] */
  add(z: Float32Array, rows: number): void {
    addToHistogram(z, this.#histogram);
    this.#tokens += rows;
  }

  /** θ ≥ 0 such that `l0` features per token exceed it on average, up to the histogram's resolution of 1 in 128. */
  threshold(l0: number): number {
    return valueAtCount(this.#histogram, l0 * this.#tokens);
  }
}

/** As the class, for one block z [rows, F]. */
export function calibrateThreshold(z: Float32Array, rows: number, l0: number): number {
  const calibration = new ThresholdCalibration();
  calibration.add(z, rows);
  return calibration.threshold(l0);
}
