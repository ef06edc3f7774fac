// Softmax and its relatives over a slice of logits. Sums run in double precision; logits are float32.
import { expOfNegative } from './exponential.ts';

/** max xᵢ over `length` elements from `start`. */
export function maximum(x: Float32Array, start: number, length: number): number {
  let max = -Infinity;
  for (let i = start; i < start + length; i += 1) if (x[i] > max) max = x[i];
  return max;
}

/** log Σ exp(xᵢ), shifted by the maximum so that nothing overflows. -Infinity for no elements. */
export function logSumExp(x: Float32Array, start = 0, length = x.length - start): number {
  const max = maximum(x, start, length);
  if (!Number.isFinite(max)) return max;
  let sum = 0;
  for (let i = start; i < start + length; i += 1) sum += expOfNegative(x[i] - max);
  return max + Math.log(sum);
}

/** Natural log of the softmax probability of element `index` (counted from `start`). */
export function logSoftmaxAt(
  x: Float32Array,
  index: number,
  start = 0,
  length = x.length - start,
): number {
  return x[start + index] - logSumExp(x, start, length);
}

/** softmax(x / temperature) → [length] float32. `temperature` > 0. */
export function softmax(
  x: Float32Array,
  temperature = 1,
  start = 0,
  length = x.length - start,
): Float32Array {
  const max = maximum(x, start, length);
  const weights = new Float64Array(length);
  let sum = 0;
  for (let i = 0; i < length; i += 1) {
    weights[i] = expOfNegative((x[start + i] - max) / temperature);
    sum += weights[i];
  }
  const out = new Float32Array(length);
  for (let i = 0; i < length; i += 1) out[i] = weights[i] / sum;
  return out;
}
