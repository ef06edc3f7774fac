// The likeliest next tokens by a row of logits, for tables of what an edit changed.
import { logSumExp } from './softmax.ts';
import { topK } from './topK.ts';

export interface LikeliestTokens {
  /** [n] likeliest first, of equally likely ones the lower id first. */
  readonly ids: Uint32Array;
  /** [n] natural logs of their probabilities at temperature 1. */
  readonly logProbabilities: Float64Array;
}

/**
 * @param logits [V]
 * @param n cut to V
 * @param total log Σ exp(logits), where it is known already (`compareLogits` gives it)
 */
export function likeliestTokens(
  logits: Float32Array,
  n: number,
  total = logSumExp(logits),
): LikeliestTokens {
  const { values, indices } = topK(logits, n);
  return { ids: indices, logProbabilities: Float64Array.from(values, (logit) => logit - total) };
}
