// What the model expected in the place of each of some tokens: the likeliest tokens, and how far down the list the
// token that stands there is. Rows of fixed length in typed arrays; nothing here runs a model.
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import { analysisNames } from './analysisProgram.ts';

/** Row t is about the place of token t: what was expected there, given what precedes it. */
export interface Predictions {
  readonly topN: number;
  /** [T, N] likeliest first. */
  readonly predicted: Uint32Array;
  /** [T, N]; 0 where nothing precedes the token. */
  readonly probabilities: Float32Array;
  /** [T] 1 for the likeliest token; 0 where nothing precedes the token. */
  readonly ranks: Uint32Array;
}

export function emptyPredictions(tokens: number, topN: number): Predictions {
  return {
    topN,
    predicted: new Uint32Array(tokens * topN),
    probabilities: new Float32Array(tokens * topN),
    ranks: new Uint32Array(tokens),
  };
}

/** Rows [first, last) as arrays of their own. */
export function predictionRows(
  { topN, predicted, probabilities, ranks }: Predictions,
  first: number,
  last: number,
): Predictions {
  return {
    topN,
    predicted: predicted.slice(first * topN, last * topN),
    probabilities: probabilities.slice(first * topN, last * topN),
    ranks: ranks.slice(first, last),
  };
}

/** Puts the first `count` rows of `from`, which has the same N, to the beginning of `to`. */
export function copyPredictions(to: Predictions, from: Predictions, count: number): void {
  to.predicted.set(from.predicted.subarray(0, count * to.topN));
  to.probabilities.set(from.probabilities.subarray(0, count * to.topN));
  to.ranks.set(from.ranks.subarray(0, count));
}

/**
 * Puts what the analysis program says into rows.
 * @param row row that the first position of the run predicts; what lies behind the last row is left out
 */
export function storePredictions(to: Predictions, outputs: OnnxTensors, row: number): void {
  const predicted = outputs[analysisNames.predicted];
  const probabilities = outputs[analysisNames.probabilities]?.data;
  const ranks = outputs[analysisNames.ranks]?.data;
  if (
    !(predicted?.data instanceof Int32Array) ||
    !(probabilities instanceof Float32Array) ||
    !(ranks instanceof Int32Array)
  ) {
    return;
  }
  const limit = predicted.dims.at(-1) ?? 0;
  const width = Math.min(limit, to.topN);
  const count = Math.min(ranks.length, to.ranks.length - row);
  for (let r = 0; r < count; r++) {
    const from = r * limit;
    const at = (row + r) * to.topN;
    to.predicted.set(predicted.data.subarray(from, from + width), at);
    to.probabilities.set(probabilities.subarray(from, from + width), at);
  }
  to.ranks.set(ranks.subarray(0, count), row);
}
