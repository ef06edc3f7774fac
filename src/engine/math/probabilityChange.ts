// The outcomes whose probability differs most between two distributions given as logits.
import { topK } from './topK.ts';

export interface ChangedOutcomes {
  /** [count] largest difference first; of equal ones the lower index. */
  readonly indices: Uint32Array;
  /** [count] */
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** Logits of one distribution with log Σ exp of them. */
export interface Normalised {
  readonly logits: Float32Array;
  readonly total: number;
}

/**
 * Outcomes that gain and that lose most from P to Q; no outcome that stays the same. [V] logits each.
 * @param count most of either kind
 */
export function probabilityChanges(
  p: Normalised,
  q: Normalised,
  count: number,
): { readonly raised: ChangedOutcomes; readonly lowered: ChangedOutcomes } {
  const gains = new Float32Array(p.logits.length);
  for (let i = 0; i < gains.length; i += 1) gains[i] = probability(q, i) - probability(p, i);
  const raised = largest(p, q, gains, count);
  for (let i = 0; i < gains.length; i += 1) gains[i] = -gains[i];
  return { raised, lowered: largest(p, q, gains, count) };
}

export function probability({ logits, total }: Normalised, index: number): number {
  return Math.exp(logits[index] - total);
}

function largest(
  p: Normalised,
  q: Normalised,
  gains: Float32Array,
  count: number,
): ChangedOutcomes {
  const { values, indices } = topK(gains, count);
  const end = values.findIndex((gain) => gain <= 0);
  const kept = indices.slice(0, end === -1 ? indices.length : end);
  return {
    indices: kept,
    before: Float32Array.from(kept, (index) => probability(p, index)),
    after: Float32Array.from(kept, (index) => probability(q, index)),
  };
}
