// Two next-token distributions given as logits: how far apart they are, and their normalisers. One pass over the
// vocabulary, because it runs once per generated token.
import { expOfNegative } from './exponential.ts';
import { maximum } from './softmax.ts';

export interface ComparedLogits {
  /** KL(P ‖ Q) in nats, never below 0. */
  readonly kl: number;
  /** log Σ exp(p) and log Σ exp(q): log-probabilities are logits less these. */
  readonly pTotal: number;
  readonly qTotal: number;
}

/**
 * KL(P ‖ Q) = Σ Pᵢ (log Pᵢ − log Qᵢ) with P = softmax(p), Q = softmax(q), both [length] float32 slices. Sums run in
 * double precision; rounding may leave −1e-17 for equal distributions, which is reported as 0.
 */
export function compareLogits(
  p: Float32Array,
  q: Float32Array,
  pStart = 0,
  qStart = 0,
  length = p.length - pStart,
): ComparedLogits {
  const pMax = maximum(p, pStart, length);
  const qMax = maximum(q, qStart, length);
  // Everything shifted by the maxima, so that nothing overflows.
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
  const pLog = Math.log(pSum);
  const qLog = Math.log(qSum);
  const kl = Math.max(0, weighted / pSum - pLog + qLog);
  return { kl, pTotal: pMax + pLog, qTotal: qMax + qLog };
}
