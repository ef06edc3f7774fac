// Activations of chosen features on every token, however weak: what the strongest features of a token leave out. They
// lie beside a window's rows, a column per feature, in the form in which the analysis program gives them.
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { hasFeature, mostActive, type Sae } from '../sae/sae.ts';
import { analysisNames } from './analysisProgram.ts';
import type { TopFeatures } from './topFeatures.ts';

/** What is followed, SAE by SAE in the order of the source: [E] ids, no two alike. */
export type FollowedIds = readonly Uint32Array[];

/** Of one SAE. */
export interface FollowedFeatures {
  /** [E] ids, no two alike. */
  readonly features: Uint32Array;
  /** [T, E]; 0 where a feature is not active, or where it is known to be among the strongest if it is. */
  readonly activations: Float32Array;
}

/** What is known of the features of one SAE in a stretch of tokens. */
export interface KnownFeatures {
  readonly reading: TopFeatures;
  readonly followed: FollowedFeatures | undefined;
}

/** A window keeps columns of features that nobody follows any more, but may again, until it has this many. */
const mostColumns = 64;

/**
 * The features to be looked after in a source, if there are any. Those of other SAEs, and those that their SAE does not
 * have, are active nowhere. Where no more than `topK` features can be active all are among the strongest anyway.
 */
export function followedIn(
  saes: readonly { readonly place: string; readonly sae: Sae }[],
  followed: readonly FeatureRef[],
  topK: number,
): FollowedIds | undefined {
  const ids = saes.map(({ place, sae }) => {
    if (mostActive(sae) <= topK) return new Uint32Array(0);
    const own = followed.filter((ref) => ref.sae === place && hasFeature(sae, ref.feature));
    return Uint32Array.from(new Set(own.map(({ feature }) => feature))).sort();
  });
  return ids.some(({ length }) => length > 0) ? ids : undefined;
}

/** `ids`, and what was followed before, so that going back to that needs no run of the model. */
export function withEarlier(
  ids: FollowedIds,
  before: readonly FollowedFeatures[] | undefined,
): FollowedIds {
  return ids.map((own, n) => {
    const all = new Set([...own, ...(before?.[n]?.features ?? [])]);
    return Uint32Array.from([...all].slice(0, Math.max(own.length, mostColumns)));
  });
}

export function emptyFollowed(tokens: number, features: Uint32Array): FollowedFeatures {
  return { features, activations: new Float32Array(tokens * features.length) };
}

/** onnxruntime's kernels need not take empty tensors: where nothing is followed feature 0 is, and nobody reads it. */
export function followedFeeds(ids: FollowedIds): OnnxTensors {
  const tensors = ids.map((own, n): [string, OnnxTensor] => {
    const data = BigInt64Array.from(own.length === 0 ? [0] : own, BigInt);
    return [analysisNames.followedFeatures(n), { type: 'int64', dims: [data.length], data }];
  });
  return Object.fromEntries(tensors);
}

/**
 * Puts what the analysis program says of the followed features of the n-th SAE into rows.
 * @param row row that the first position of the run belongs to; −1 for the BOS, which has none
 */
export function storeFollowed(
  { features, activations }: FollowedFeatures,
  n: number,
  outputs: OnnxTensors,
  row: number,
): void {
  const width = features.length;
  if (width === 0) return;
  const values = outputs[analysisNames.followed(n)]?.data;
  if (!(values instanceof Float32Array)) {
    throw new MonosemError('internal', 'The analysis graph has no followed features as output.');
  }
  activations.set(values.subarray(Math.max(0, -row) * width), Math.max(0, row) * width);
}

/**
 * Puts the first `count` rows of what is known of the same tokens into `to`; see {@link knowsFeature}. What has no column
 * there is active only where it is among the strongest, so that its column may stay empty.
 */
export function copyFollowed(
  to: FollowedFeatures,
  from: FollowedFeatures | undefined,
  count: number,
): void {
  if (from === undefined) return;
  const [width, fromWidth] = [to.features.length, from.features.length];
  for (const [at, feature] of to.features.entries()) {
    const column = from.features.indexOf(feature);
    if (column < 0) continue;
    for (let row = 0; row < count; row++) {
      to.activations[row * width + at] = from.activations[row * fromWidth + column] ?? 0;
    }
  }
}

/** Are the activations of a feature known on every token, from a column of its own or from the strongest features? */
export function knowsFeature({ reading, followed }: KnownFeatures, feature: number): boolean {
  return followed?.features.includes(feature) === true || isComplete(reading);
}

/** Is every active feature of every token among the strongest that were kept? Then each row has a slot to spare. */
function isComplete({ topK, activations }: TopFeatures): boolean {
  for (let last = topK - 1; last < activations.length; last += topK) {
    if ((activations[last] ?? 0) > 0) return false;
  }
  return true;
}
