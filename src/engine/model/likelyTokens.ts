// The tokens that a row of logits makes likeliest, as people read them. Sums run in double precision.
import type { LikelyTokens } from '../../shared/engineProtocol.ts';
import { logSumExp } from '../math/softmax.ts';
import { topK } from '../math/topK.ts';

export interface LogitsRow {
  /** Of a row of `vocabulary` logits, which is all of them when both are left out. */
  readonly start?: number;
  readonly vocabulary?: number;
  /** log Σ exp of the row, where it is known already. */
  readonly total?: number;
}

export function likelyTokens(
  logits: Float32Array,
  count: number,
  textOf: (id: number) => string,
  { start = 0, vocabulary = logits.length, ...known }: LogitsRow = {},
): LikelyTokens {
  const { values, indices } = topK(logits, count, start, vocabulary);
  const total = known.total ?? logSumExp(logits, start, vocabulary);
  return {
    ids: indices,
    texts: Array.from(indices, textOf),
    probabilities: values.map((logit) => Math.exp(logit - total)),
  };
}
