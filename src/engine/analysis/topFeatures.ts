// The strongest features of a stretch of tokens as one SAE reads them: rows of fixed length in two typed arrays, so that
// nothing is allocated per token.
import { MonosemError } from '../../shared/errors.ts';
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import { analysisNames } from './analysisProgram.ts';

/** Row t belongs to token t. */
export interface TopFeatures {
  readonly topK: number;
  /** [T, K] strongest first; slots past the last active feature have activation 0. */
  readonly features: Uint32Array;
  /** [T, K] */
  readonly activations: Float32Array;
}

export function emptyTopFeatures(tokens: number, topK: number): TopFeatures {
  return {
    topK,
    features: new Uint32Array(tokens * topK),
    activations: new Float32Array(tokens * topK),
  };
}

/** Rows as they are sent: those of {@link TopFeatures} with room for features that are followed. */
export interface FeatureRows extends TopFeatures {
  /** Of each row, topK or more: features and activations are [T, slots]. */
  readonly slots: number;
}

/** Rows that nothing is followed in. */
export function plainRows(rows: TopFeatures): FeatureRows {
  return { ...rows, slots: rows.topK };
}

/** Rows [first, last) as arrays of their own. */
export function rowsOf(
  { topK, features, activations }: TopFeatures,
  first: number,
  last: number,
): TopFeatures {
  return {
    topK,
    features: features.slice(first * topK, last * topK),
    activations: activations.slice(first * topK, last * topK),
  };
}

/** Puts rows [first, last) of `from` to row `at` of `to`, which has the same K. */
export function copyRows(
  to: TopFeatures,
  at: number,
  from: TopFeatures,
  [first, last]: readonly [first: number, last: number],
): void {
  const { topK } = to;
  to.features.set(from.features.subarray(first * topK, last * topK), at * topK);
  to.activations.set(from.activations.subarray(first * topK, last * topK), at * topK);
}

/**
 * Puts what the analysis program says of the n-th SAE into rows.
 * @param row row that the first position of the run belongs to; −1 for the BOS, which has none
 */
export function storeOutputs(to: TopFeatures, n: number, outputs: OnnxTensors, row: number): void {
  const values = outputs[analysisNames.values(n)];
  const indices = outputs[analysisNames.indices(n)];
  const limit = values?.dims.at(-1) ?? 0;
  if (!(values?.data instanceof Float32Array) || !(indices?.data instanceof Int32Array)) {
    throw new MonosemError('internal', 'The analysis graph has no top features among its outputs.');
  }
  const count = values.data.length / limit;
  const width = Math.min(limit, to.topK);
  for (let r = Math.max(0, -row); r < count; r++) {
    const at = (row + r) * to.topK;
    to.activations.set(values.data.subarray(r * limit, r * limit + width), at);
    to.features.set(indices.data.subarray(r * limit, r * limit + width), at);
  }
}
