// Kullback–Leibler divergence between two next-token distributions given as logits.
import { expOfNegative } from './exponential.ts';
import { maximum } from './softmax.ts';

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
  const pMax = maximum(p, pStart, length);
  const qMax = maximum(q, qStart, length);
  // Σ exp(p), Σ exp(q) and Σ exp(p) (p − q), all shifted by the maxima, in one pass over the vocabulary.
  let pSum = 0;
  let qSum = 0;
  let weighted = 0;
  for (let i = 0; i < length; i += 1) {
    const a = p[pStart + i] - pMax;
    const b = q[qStart + i] - qMax;
    const weight = expOfNegative(a);
    pSum += weight;
    qSum += expOfNegative(b);
    // An impossible outcome contributes 0, also where −Infinity − −Infinity would be NaN.
    if (weight !== 0) weighted += weight * (a - b);
  }
  return Math.max(0, weighted / pSum - Math.log(pSum) + Math.log(qSum));
}
