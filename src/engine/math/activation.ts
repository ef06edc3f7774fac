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

/** Of every `size` neighbours keeps the largest (equal values: the first), then ReLU; the others become 0. */
export function keepGroupMax(z: Float32Array, size: number): void {
  keepTopK(z, 1, size);
}

/** p → 1[p + b_gate > 0] · ReLU(p ⊙ exp(r_mag) + b_mag), vectors [N] (Rajamanoharan et al. 2024, "Gated SAEs"). */
export function gated(
  p: Float32Array,
  { b_gate, r_mag, b_mag }: Readonly<Record<'b_gate' | 'r_mag' | 'b_mag', Float32Array>>,
): void {
  const n = b_gate.length;
  for (let i = 0; i < p.length; i += 1) {
    const j = i % n;
    const isOpen = p[i] + b_gate[j] > 0;
    p[i] = isOpen ? Math.max(0, p[i] * Math.exp(r_mag[j]) + b_mag[j]) : 0;
  }
}

/** Multiplies every row by s [N], entry by entry. */
export function scaleColumns(x: Float32Array, s: Float32Array): void {
  for (let i = 0; i < x.length; i += 1) x[i] *= s[i % s.length];
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
