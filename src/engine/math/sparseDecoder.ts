// Decoder of a sparse autoencoder and the gradients of its weights, on sparse codes. Per token the cost is
// (active features) × D instead of F × D. Weights of both sides are stored feature by feature, [F, D], so that every
// inner loop runs over contiguous memory.
import { axpy, dot } from './linear.ts';
import { byColumn, type SparseCodes } from './sparseCodes.ts';

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
    addWeightedRows(out, to, decoder, D, feature, value, rowStart[t], rowStart[t + 1]);
  }
}

/**
 * target[to … to + D) += Σ_n weight[n] · (row index[n] of source [·, D]) for n in [start, end). Four rows at once: the
 * target is loaded and stored a quarter as often.
 */
function addWeightedRows(
  target: Float32Array,
  to: number,
  source: Float32Array,
  D: number,
  index: Uint32Array,
  weight: Float32Array,
  start: number,
  end: number,
): void {
  let n = start;
  for (; n + 3 < end; n += 4) {
    const p0 = index[n] * D;
    const p1 = index[n + 1] * D;
    const p2 = index[n + 2] * D;
    const p3 = index[n + 3] * D;
    const w0 = weight[n];
    const w1 = weight[n + 1];
    const w2 = weight[n + 2];
    const w3 = weight[n + 3];
    for (let d = 0; d < D; d++) {
      target[to + d] +=
        w0 * source[p0 + d] + w1 * source[p1 + d] + (w2 * source[p2 + d] + w3 * source[p3 + d]);
    }
  }
  for (; n < end; n++) axpy(weight[n], source, index[n] * D, target, to, D);
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
  const F = decoder.length / D;
  const { columnStart, row, value } = byColumn(codes, F);
  const { encoder: gEncoder, decoder: gDecoder, encoderBias } = gradients;
  const df = new Float32Array(row.length);
  // Feature by feature, so that the rows of W_dec and of both gradients stay in the cache.
  for (let j = 0; j < F; j++) {
    const to = j * D;
    const start = columnStart[j];
    const end = columnStart[j + 1];
    for (let n = start; n < end; n++) {
      df[n] = dot(outputGradient, row[n] * D, decoder, to, D);
      encoderBias[j] += df[n];
    }
    addWeightedRows(gDecoder, to, outputGradient, D, row, value, start, end);
    addWeightedRows(gEncoder, to, input, D, row, df, start, end);
  }
}
