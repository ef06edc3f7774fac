// How well an SAE reconstructs activations, and how sparsely: figures from sums over tokens. It runs no model.
import { ReconstructionSums } from '../math/reconstructionSums.ts';

export interface ReconstructionReport {
  readonly tokens: number;
  /** Mean number of active features per token. */
  readonly l0: number;
  /** Mean sum of activations per token. */
  readonly l1: number;
  /** 1 − Σ‖x − x̂‖² ÷ Σ‖x − x̄‖², x̄ over all tokens (the usual fraction of variance explained). */
  readonly explainedVariance: number;
  /**
   * mean_t(1 − ‖x_t − x̂_t‖² ÷ ‖x_t − x̄_block‖²): `explained_variance_legacy` of SAELens, the figure on Neuronpedia
   * and in the SAEBench paper. Not comparable with the one above.
   */
  readonly explainedVarianceLegacy: number;
  /** Mean squared error per element. */
  readonly mse: number;
  /** Mean cos(x, x̂). */
  readonly cosine: number;
  /** Mean ‖x̂‖ ÷ ‖x‖; below 1 is shrinkage. */
  readonly l2Ratio: number;
  /** Σ‖x̂‖² ÷ Σ x · x̂: 1 is unbiased (`relative_reconstruction_bias` of SAELens). */
  readonly relativeBias: number;
  /** Share of features that were active on no token. */
  readonly deadShare: number;
  /** [F] share of the tokens on which each feature is active. */
  readonly density: Float64Array;
}

export class ReconstructionMeter {
  readonly #sums: ReconstructionSums;

  constructor(D: number, F: number) {
    this.#sums = new ReconstructionSums(D, F);
  }

  /**
   * Adds n tokens; leave out BOS and padding.
   * @param x activations [n, D]
   * @param reconstruction x̂ [n, D]
   * @param features [n, F]
   */
  add(x: Float32Array, reconstruction: Float32Array, features: Float32Array): void {
    this.#sums.add(x, reconstruction, features);
  }

  report(): ReconstructionReport {
    const sums = this.#sums;
    const { tokens, D, F } = sums;
    const density = sums.fires.map((count) => count / tokens);
    return {
      tokens,
      l0: density.reduce((total, share) => total + share, 0),
      l1: sums.activation / tokens,
      explainedVariance: 1 - sums.squaredError / sums.squaredDeviation,
      explainedVarianceLegacy: 1 - sums.relativeError / tokens,
      mse: sums.squaredError / (tokens * D),
      cosine: sums.cosine / tokens,
      l2Ratio: sums.lengthRatio / tokens,
      relativeBias: sums.reconstructedSquare / sums.innerProduct,
      deadShare: density.reduce((dead, share) => dead + (share === 0 ? 1 : 0), 0) / F,
      density,
    };
  }
}
