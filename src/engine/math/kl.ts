// Kullback–Leibler divergence between two next-token distributions given as logits.
import { logSumExp } from './softmax.ts';

/**
 * KL(P ‖ Q) = Σ Pᵢ (log Pᵢ − log Qᵢ) in nats, with P = softmax(p), Q = softmax(q), both [length] float32 slices.
 * Never below 0: rounding may leave −1e-17 for equal distributions, which is reported as 0.
 */
export function klFromLogits(
  p: Float32Array,
  q: Float32Array,
  pStart = 0,
  qStart = 0,
  length = p.length - pStart,
): number {
  const pTotal = logSumExp(p, pStart, length);
  const qTotal = logSumExp(q, qStart, length);
  let sum = 0;
  for (let i = 0; i < length; i += 1) {
    const logP = p[pStart + i] - pTotal;
    // An impossible outcome contributes 0, also where −Infinity − −Infinity would be NaN.
    if (logP !== -Infinity) sum += Math.exp(logP) * (logP - (q[qStart + i] - qTotal));
  }
  return Math.max(0, sum);
}
