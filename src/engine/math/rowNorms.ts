// Means and lengths of the rows of a matrix, and arithmetic with one number per row.
import { norm } from './linear.ts';

/** ‖row‖₂ of x [rows, width] → [rows]. */
export function rowNorms(x: Float32Array, width: number): Float32Array {
  const out = new Float32Array(x.length / width);
  for (let row = 0; row < out.length; row += 1) out[row] = norm(x, row * width, width);
  return out;
}

/** Mean of each row of x [rows, width] → [rows]. */
export function rowMeans(x: Float32Array, width: number): Float32Array {
  const out = new Float32Array(x.length / width);
  for (let row = 0; row < out.length; row += 1) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i += 1) sum += x[i];
    out[row] = sum / width;
  }
  return out;
}

/** Multiplies every row by its factor, in place; one factor per row. */
export function scaleRows(x: Float32Array, factors: Float32Array): void {
  const width = x.length / factors.length;
  for (let i = 0; i < x.length; i += 1) x[i] *= factors[Math.floor(i / width)];
}

/** Adds sign · its own number to every row, in place; one number per row. */
export function shiftRows(x: Float32Array, shifts: Float32Array, sign: 1 | -1): void {
  const width = x.length / shifts.length;
  for (let i = 0; i < x.length; i += 1) x[i] += sign * shifts[Math.floor(i / width)];
}
