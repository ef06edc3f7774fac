// From logits to what people read: likeliest tokens with probabilities, and loss and rank of the token that is there.
// Sums run in double precision.
import type { Expectation, LogitLens } from '../../shared/engineProtocol.ts';
import { tokenId } from '../../shared/units.ts';
import { rankOf } from '../math/ranking.ts';
import { logSumExp } from '../math/softmax.ts';
import { likelyTokens } from '../model/likelyTokens.ts';
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
    top: likelyTokens(data, options.top, options.textOf, { start: last, vocabulary }),
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
  const layers = Array.from({ length: rows }, (_, row) =>
    likelyTokens(data, lensTop, textOf, { start: row * vocabulary, vocabulary }),
  );
  const ranks = Uint32Array.from(layers, (_, row) =>
    actual === undefined ? 0 : rankOf(data, actual, row * vocabulary, vocabulary),
  );
  return { layers, ranks };
}
