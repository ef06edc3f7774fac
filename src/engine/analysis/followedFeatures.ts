// Activations of chosen features on every token, however weak: what the strongest features of a token leave out. They
// lie beside a window's rows, a column per feature, in the form in which the analysis program gives them.
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { mostActive, type Sae } from '../sae/sae.ts';
import { analysisNames } from './analysisProgram.ts';
import type { TopFeatures } from './topFeatures.ts';

/** What is followed, SAE by SAE in the order of the source: [E] ids, no two alike. */
export type FollowedIds = readonly Uint32Array[];

/** Of one SAE. */
export interface FollowedFeatures {
  /** [E] ids, no two alike. */
  readonly features: Uint32Array;
  /** [T, E]; 0 or less where a feature is not active. */
  readonly activations: Float32Array;
}

/** What is known of the features of one SAE in a stretch of tokens. */
export interface KnownFeatures {
  readonly reading: TopFeatures;
  readonly followed: FollowedFeatures | undefined;
}

/** Columns of features that nobody follows any more, but may again: this many are kept with those that are followed. */
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
    const isMeant = (ref: FeatureRef): boolean => ref.sae === place && ref.feature < sae.F;
    const own = mostActive(sae) > topK ? followed.filter(isMeant) : [];
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
    return Uint32Array.from(all).subarray(0, Math.max(own.length, mostColumns));
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

/** Puts the first `count` rows of what is known of the same tokens into `to`; see {@link knowsFeature}. */
export function copyFollowed(to: FollowedFeatures, from: KnownFeatures, count: number): void {
  const width = to.features.length;
  for (const [at, feature] of to.features.entries()) {
    const activationIn = lookUp(from, feature);
    for (let row = 0; row < count; row++) to.activations[row * width + at] = activationIn(row);
  }
}

/** Are the activations of a feature known on every token, from a column of its own or from the strongest features? */
export function knowsFeature({ reading, followed }: KnownFeatures, feature: number): boolean {
  return followed?.features.includes(feature) === true || isComplete(reading);
}

function lookUp({ reading, followed }: KnownFeatures, feature: number): (row: number) => number {
  const column = followed?.features.indexOf(feature) ?? -1;
  if (followed !== undefined && column >= 0) {
    const { features, activations } = followed;
    return (row) => activations[row * features.length + column] ?? 0;
  }
  const { topK, features, activations } = reading;
  return (row) => {
    for (let slot = row * topK; slot < (row + 1) * topK; slot++) {
      if (features[slot] === feature) return activations[slot] ?? 0;
    }
    return 0;
  };
}

/** Is every active feature of every token among the strongest that were kept? Then each row has a slot to spare. */
function isComplete({ topK, activations }: TopFeatures): boolean {
  for (let last = topK - 1; last < activations.length; last += topK) {
    if ((activations[last] ?? 0) > 0) return false;
  }
  return true;
}
