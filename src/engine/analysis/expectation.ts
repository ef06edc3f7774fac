// From logits to what people read: likeliest tokens with probabilities, and loss and rank of the token that is there.
// Sums run in double precision.
import type { Expectation, LikelyTokens, LogitLens } from '../../shared/engineProtocol.ts';
import { tokenId } from '../../shared/units.ts';
import { rankOf } from '../math/ranking.ts';
import { logSumExp } from '../math/softmax.ts';
import { topK } from '../math/topK.ts';
import type { PositionLogits } from './tokenLens.ts';

export interface ExpectationOptions {
  /** Tokens listed at the end of the model, and behind every block. */
  readonly top: number;
  readonly lensTop: number;
  readonly textOf: (id: number) => string;
}

/**
 * @param actual the token that stands in the place, where one does
 * @param hasLens the rows are those of all layers
 */
export function expectationOf(
  logits: PositionLogits,
  actual: number | undefined,
  hasLens: boolean,
  options: ExpectationOptions,
): Expectation {
  const { data, rows, vocabulary } = logits;
  const last = (rows - 1) * vocabulary;
  const isKnown = actual !== undefined && actual < vocabulary;
  return {
    top: likeliest(logits, rows - 1, options.top, options.textOf),
    ...(isKnown
      ? {
          actual: {
            id: tokenId(actual),
            loss: logSumExp(data, last, vocabulary) - (data[last + actual] ?? NaN),
            rank: rankOf(data, actual, last, vocabulary),
          },
        }
      : {}),
    ...(hasLens ? { lens: lensOf(logits, isKnown ? actual : undefined, options) } : {}),
  };
}

function lensOf(
  logits: PositionLogits,
  actual: number | undefined,
  { lensTop, textOf }: ExpectationOptions,
): LogitLens {
  const { data, rows, vocabulary } = logits;
  const layers = Array.from({ length: rows }, (_, row) => likeliest(logits, row, lensTop, textOf));
  const ranks = Uint32Array.from(layers, (_, row) =>
    actual === undefined ? 0 : rankOf(data, actual, row * vocabulary, vocabulary),
  );
  return { layers, ranks };
}

/** The likeliest tokens by one row of logits. */
export function likeliest(
  { data, vocabulary }: Pick<PositionLogits, 'data' | 'vocabulary'>,
  row: number,
  count: number,
  textOf: (id: number) => string,
): LikelyTokens {
  const start = row * vocabulary;
  const { values, indices } = topK(data, count, start, vocabulary);
  const total = logSumExp(data, start, vocabulary);
  return {
    ids: indices,
    texts: Array.from(indices, textOf),
    probabilities: values.map((logit) => Math.exp(logit - total)),
  };
}
