// Makes token batches from a readable list, for the tests of everything that receives them.
import type {
  AnalysisSummary,
  SaePlace,
  SaeReading,
  TokenBatch,
} from '../../../src/shared/engineProtocol.ts';
import { tokenIndex } from '../../../src/shared/units.ts';

/** One token: start, end, then pairs of feature and activation, strongest first. */
export type Row = readonly [start: number, end: number, ...slots: number[]];

export const oneSae = '/s';

let nextKey = 1;

/** What one SAE reads in the rows; what has no room among the strongest of a token is followed. */
export function readingIn(rows: readonly Row[], topK = 1, sae: SaePlace = oneSae): SaeReading {
  const slots = Math.max(topK, ...rows.map(([, , ...pairs]) => pairs.length / 2));
  const features = new Uint32Array(rows.length * slots);
  const activations = new Float32Array(rows.length * slots);
  for (const [row, [, , ...pairs]] of rows.entries()) {
    for (let slot = 0; slot < pairs.length / 2; slot++) {
      features[row * slots + slot] = pairs[2 * slot] ?? 0;
      activations[row * slots + slot] = pairs[2 * slot + 1] ?? 0;
    }
  }
  return { sae, topK, slots, features, activations };
}

/** @param others readings of further SAEs in the same tokens */
export function batchOf(
  from: number,
  rows: readonly Row[],
  topK = 1,
  others: readonly SaeReading[] = [],
): TokenBatch {
  return {
    key: nextKey++,
    from: tokenIndex(from),
    count: rows.length,
    ids: Uint32Array.from(rows, (_, row) => 100 + from + row),
    starts: Uint32Array.from(rows, ([start]) => start),
    ends: Uint32Array.from(rows, ([, end]) => end),
    readings: [readingIn(rows, topK), ...others],
  };
}

/** Tokens of one character each for `length` characters from `start` on. */
export function letters(from: number, start: number, length: number, feature: number): TokenBatch {
  return batchOf(
    from,
    Array.from({ length }, (_, i): Row => [start + i, start + i + 1, feature, 1]),
  );
}

/** Of an analysis that sent everything. */
export function summaryOf(tokens: number): AnalysisSummary {
  const kept = { keys: new Float64Array(0), froms: new Uint32Array(0), starts: new Uint32Array(0) };
  return { tokens, coveredTokens: tokens, reusedTokens: 0, kept };
}
