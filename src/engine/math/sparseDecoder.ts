// Decoder of a sparse autoencoder and the gradients of its weights, on sparse codes. Per token the cost is
// (active features) × D instead of F × D. Weights of both sides are stored feature by feature, [F, D], so that every
// inner loop runs over contiguous memory.
import { dot } from './linear.ts';
import type { SparseCodes } from './sparseCodes.ts';

/** Gradients of the loss; feature-major like the weights. */
export interface SparseGradients {
  /** [F, D], feature j's row is ∂L/∂W_enc[:, j] */
  readonly encoder: Float32Array;
  /** [F, D] */
  readonly decoder: Float32Array;
  /** [F] */
  readonly encoderBias: Float32Array;
}

/**
 * x̂_t = bias + Σ_j f_tj · W_dec,j into out [rows, D].
 * @param decoder W_dec [F, D]
 * @param bias b_dec [D]; zero when absent
 */
export function decodeSparse(
  codes: SparseCodes,
  decoder: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
): void {
  const D = out.length / codes.rows;
  const { rowStart, feature, value } = codes;
  for (let t = 0; t < codes.rows; t++) {
    const to = t * D;
    if (bias === undefined) out.fill(0, to, to + D);
    else out.set(bias, to);
    for (let n = rowStart[t]; n < rowStart[t + 1]; n++) {
      const f = value[n];
      const from = feature[n] * D;
      for (let d = 0; d < D; d++) out[to + d] += f * decoder[from + d];
    }
  }
}

/**
 * Adds the gradients of one reconstruction to `gradients`. With e_t = ∂L/∂x̂_t and active features only:
 * ∂L/∂f_tj = e_t · W_dec,j;  ∂L/∂W_dec,j += f_tj e_t;  ∂L/∂W_enc,j += ∂L/∂f_tj x_t;  ∂L/∂b_enc,j += ∂L/∂f_tj.
 * @param outputGradient e [rows, D]
 * @param input what the encoder multiplied, x − b_dec [rows, D]
 * @param decoder W_dec [F, D]
 */
export function addSparseGradients(
  codes: SparseCodes,
  outputGradient: Float32Array,
  input: Float32Array,
  decoder: Float32Array,
  gradients: SparseGradients,
): void {
  const D = input.length / codes.rows;
  const { rowStart, feature, value } = codes;
  const { encoder: gEncoder, decoder: gDecoder, encoderBias } = gradients;
  for (let t = 0; t < codes.rows; t++) {
    const row = t * D;
    for (let n = rowStart[t]; n < rowStart[t + 1]; n++) {
      const f = value[n];
      const j = feature[n] * D;
      const df = dot(outputGradient, row, decoder, j, D);
      for (let d = 0; d < D; d++) {
        gDecoder[j + d] += f * outputGradient[row + d];
        gEncoder[j + d] += df * input[row + d];
      }
      encoderBias[feature[n]] += df;
    }
  }
}
