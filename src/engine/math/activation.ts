// Activation functions of sparse autoencoders and row-wise bias arithmetic, on matrices [T, N] in place unless said
// otherwise. N is the length of the row argument.
import { topK } from './topK.ts';

/** f = max(z, 0). */
export function relu(z: Float32Array): void {
  for (let i = 0; i < z.length; i += 1) if (!(z[i] > 0)) z[i] = 0;
}

/** f = ReLU(z) · 1[z > θ], θ [N] (Rajamanoharan et al. 2024, "Jumping Ahead", equation 4). */
export function jumpRelu(z: Float32Array, threshold: Float32Array): void {
  const n = threshold.length;
  for (let row = 0; row < z.length; row += n) {
    for (let j = 0; j < n; j += 1) {
      const value = z[row + j];
      if (!(value > 0 && value > threshold[j])) z[row + j] = 0;
    }
  }
}

/** Per row: keeps the k largest (equal values: the lower index), then ReLU; everything else becomes 0. */
export function keepTopK(z: Float32Array, k: number, n: number): void {
  for (let row = 0; row < z.length; row += n) {
    const { values, indices } = topK(z, k, row, n);
    z.fill(0, row, row + n);
    for (let i = 0; i < values.length; i += 1) z[row + indices[i]] = Math.max(0, values[i]);
  }
}

/** Adds b [N] to every row. */
export function addRow(x: Float32Array, b: Float32Array): void {
  const n = b.length;
  for (let row = 0; row < x.length; row += n) {
    for (let j = 0; j < n; j += 1) x[row + j] += b[j];
  }
}

/** x − b for every row, b [N] → a new [T, N]. */
export function subtractRow(x: Float32Array, b: Float32Array): Float32Array {
  const out = new Float32Array(x.length);
  const n = b.length;
  for (let row = 0; row < x.length; row += n) {
    for (let j = 0; j < n; j += 1) out[row + j] = x[row + j] - b[j];
  }
  return out;
}
