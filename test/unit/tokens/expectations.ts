// What is said about one place of a text against logits that were computed independently: likeliest tokens, loss and rank.
import { expect } from 'vitest';
import type { Expectation, LikelyTokens } from '../../../src/shared/engineProtocol.ts';
import { bosId, word } from '../../fixtures/bundle.ts';

export interface ReferenceRow {
  readonly probabilities: readonly number[];
  readonly loss: (id: number) => number;
}

/** Of logits [V], in double precision. */
export function rowOf(logits: readonly number[]): ReferenceRow {
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return {
    probabilities: logits.map((logit) => Math.exp(logit - total)),
    loss: (id) => total - (logits[id] ?? NaN),
  };
}

/** The list is the beginning of the reference's, up to tokens that the tolerance cannot tell apart. */
export function expectLikeliest(
  found: LikelyTokens,
  { probabilities }: ReferenceRow,
  tolerance: number,
): void {
  const sorted = [...probabilities].sort((a, b) => b - a);
  for (const [n, id] of found.ids.entries()) {
    const p = probabilities[id] ?? NaN;
    expect(Math.abs((found.probabilities[n] ?? NaN) - p)).toBeLessThan(tolerance);
    expect(Math.abs((sorted[n] ?? NaN) - p)).toBeLessThan(tolerance);
    expect(found.texts[n]).toContain(id === bosId ? '<s>' : id === 1 ? '</s>' : word(id));
  }
  expect(new Set(found.ids).size).toBe(found.ids.length);
}

export function expectRank(
  rank: number | undefined,
  id: number,
  row: ReferenceRow,
  tolerance: number,
): void {
  const p = row.probabilities[id] ?? NaN;
  const surely = row.probabilities.filter((other) => other > p + tolerance).length;
  const perhaps = row.probabilities.filter((other) => other > p - tolerance).length;
  expect(rank).toBeGreaterThan(surely);
  expect(rank).toBeLessThanOrEqual(Math.max(1, perhaps));
}

export function expectActual(
  found: Expectation['actual'],
  id: number | undefined,
  row: ReferenceRow,
  tolerance: number,
): void {
  expect(found?.id).toBe(id);
  if (found === undefined || id === undefined) return;
  expect(Math.abs(found.loss - row.loss(id))).toBeLessThan(10 * tolerance);
  expectRank(found.rank, id, row, tolerance);
}
