// Runs one window through the analysis program, in blocks, starting behind whatever an earlier run of a window with
// the same beginning already computed: the model is causal, so those rows cannot have changed.
import type { Signal } from '../../shared/call.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { Program } from '../model/program.ts';
import { followers } from '../model/tokenLosses.ts';
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import { analysisNames } from './analysisProgram.ts';
import {
  copyFollowed,
  emptyFollowed,
  followedFeeds,
  knowsFeature,
  storeFollowed,
  type FollowedFeatures,
  type FollowedIds,
  type KnownFeatures,
} from './followedFeatures.ts';
import {
  copyPredictions,
  emptyPredictions,
  storePredictions,
  type Predictions,
} from './predictions.ts';
import { copyRows, emptyTopFeatures, storeOutputs, type TopFeatures } from './topFeatures.ts';

/** Results of one window; row t belongs to token t of the window's text, a BOS in front has no row. */
export interface AnalysedWindow {
  /** [T] ids, without BOS. */
  readonly ids: Uint32Array;
  /** One per SAE. */
  readonly readings: readonly TopFeatures[];
  /** One per SAE, with a row per token; absent where nothing is followed. */
  readonly followed?: readonly FollowedFeatures[];
  /** [T]; NaN for a first token without BOS. */
  readonly losses?: Float32Array;
  readonly predictions?: Predictions;
  /** Behind the last token, BOS included; dropped when memory is short. */
  cache?: KvCache;
}

export interface WindowRun extends BlockRun {
  /** SAEs that the program reads with. */
  readonly saes: number;
  /** Features kept per token and SAE. */
  readonly topK: number;
  /** With losses: tokens predicted in the place of each token; 0 for none. */
  readonly predictions: number;
  /** Features that are followed; the program has to have outputs for them exactly where this is given. */
  readonly followed?: FollowedIds;
}

/** How a window is cut into runs of the model. */
export interface BlockRun {
  readonly program: Program;
  /** What the model says of a token is wanted too, which is computed one position earlier. */
  readonly loss: boolean;
  readonly bosId: number | undefined;
  /** Tokens per run of the model; a cancellation is noticed between two runs. */
  readonly blockLength: number;
  /**
   * The graph's quantization scales span a whole run: results depend on how a window is cut, so blocks always begin at
   * the same places. The first token runs alone: its activations are far larger than all others (it is where attention
   * rests), and on its scale theirs would vanish (docs/real-models.md has figures).
   */
  readonly fixedBlocks: boolean;
}

/** Lets others run, and rejects when the request was cancelled. */
export type Breath = () => Promise<void>;

/** @throws MonosemError `cancelled` */
export function breathe(context: { readonly signal: Signal; turn?(): Promise<void> }): Breath {
  return async () => {
    await context.turn?.();
    if (context.signal.aborted) throw new MonosemError('cancelled', 'The request was cancelled.');
  };
}

/** Tokens two id sequences share at their beginnings. */
export function commonPrefix(a: Uint32Array, b: Uint32Array): number {
  const length = Math.min(a.length, b.length);
  let common = 0;
  while (common < length && a[common] === b[common]) common++;
  return common;
}

/**
 * @param ids [T] the window's tokens, without BOS, T ≥ 1
 * @param earlier a window that begins alike, still has its cache and knows what is followed
 */
export async function analyseWindow(
  run: WindowRun,
  ids: Uint32Array,
  earlier: AnalysedWindow | undefined,
  breath: Breath,
): Promise<AnalysedWindow> {
  const { program } = run;
  const bos = run.bosId === undefined ? 0 : 1;
  const sequence = sequenceOf(run, ids);
  const window = emptyWindow(run, ids);
  let at = reusableLength(run, sequence.length, ids, earlier);
  let cache = earlier?.cache?.cut(at);
  if (at > 0 && earlier !== undefined) copyBeginning(window, earlier, at - bos);
  while (at < sequence.length) {
    await breath();
    const end = Math.min(sequence.length, blockEnd(run, at));
    const result = await program.run({
      ids: sequence.subarray(at, end),
      batch: 1,
      ...(cache === undefined ? {} : { cache }),
      feeds: {
        ...(run.loss && { [analysisNames.targets]: followers(sequence, at, end) }),
        ...(run.followed && followedFeeds(run.followed)),
      },
    });
    storeRows(window, result.outputs, at - bos);
    cache = result.cache;
    at = end;
  }
  if (cache !== undefined) window.cache = cache;
  return window;
}

/** Rows that nothing is known of yet. */
function emptyWindow(
  { saes, topK, followed, loss, predictions }: WindowRun,
  ids: Uint32Array,
): AnalysedWindow {
  return {
    ids,
    readings: Array.from({ length: saes }, () => emptyTopFeatures(ids.length, topK)),
    ...(followed && { followed: followed.map((own) => emptyFollowed(ids.length, own)) }),
    ...(loss ? { losses: new Float32Array(ids.length).fill(NaN) } : {}),
    ...(predictions > 0 ? { predictions: emptyPredictions(ids.length, predictions) } : {}),
  };
}

/** What the model reads: the window's tokens, with BOS in front where there is one. */
export function sequenceOf({ bosId }: Pick<BlockRun, 'bosId'>, ids: Uint32Array): Uint32Array {
  const bos = bosId === undefined ? [] : [bosId];
  const sequence = new Uint32Array(bos.length + ids.length);
  sequence.set(bos);
  sequence.set(ids, bos.length);
  return sequence;
}

/** Without a KV cache everything runs at once. */
export function blockEnd({ program, blockLength, fixedBlocks }: BlockRun, at: number): number {
  if (!program.hasCache) return Infinity;
  return fixedBlocks && at === 0 ? 1 : at + blockLength;
}

/** Where the run of the model begins that holds a position, however much is known of what comes before. */
export function blockStart({ program, blockLength, fixedBlocks }: BlockRun, at: number): number {
  if (!program.hasCache) return 0;
  return fixedBlocks && at > 0 ? at - ((at - 1) % blockLength) : at;
}

/** Positions of the sequence (BOS included) that need not run again; at least the last one always runs. */
export function reusableLength(
  run: BlockRun,
  length: number,
  ids: Uint32Array,
  earlier: AnalysedWindow | undefined,
): number {
  if (earlier?.cache === undefined) return 0;
  const bos = run.bosId === undefined ? 0 : 1;
  const common = bos + commonPrefix(ids, earlier.ids);
  // The loss of the first changed token is computed one position earlier.
  const usable = Math.min(common - (run.loss ? 1 : 0), length - 1);
  if (usable <= 0) return 0;
  return blockStart(run, usable);
}

/** Does a window say how active each of the followed features is on each of its tokens? */
export function knowsFollowed(window: AnalysedWindow, ids: FollowedIds): boolean {
  return ids.every((own, n) => {
    const known = knownFeatures(window, n);
    return known !== undefined && own.every((feature) => knowsFeature(known, feature));
  });
}

/** What a window knows of the features of its n-th SAE. */
export function knownFeatures(
  { readings, followed }: AnalysedWindow,
  n: number,
): KnownFeatures | undefined {
  const reading = readings[n];
  return reading && { reading, followed: followed?.[n] };
}

/** Rows of the first `count` tokens, and what the last of them says of the next one: its loss, its predictions. */
function copyBeginning(to: AnalysedWindow, from: AnalysedWindow, count: number): void {
  for (const [n, reading] of from.readings.entries()) {
    const own = to.readings[n];
    if (own !== undefined) copyRows(own, 0, reading, [0, count]);
  }
  for (const [n, own] of (to.followed ?? []).entries()) {
    copyFollowed(own, from.followed?.[n], count);
  }
  if (from.losses !== undefined) to.losses?.set(from.losses.subarray(0, count + 1));
  if (to.predictions !== undefined && from.predictions !== undefined) {
    copyPredictions(to.predictions, from.predictions, count + 1);
  }
}

/** @param row row of the window that the first position of the run belongs to; −1 for the BOS */
function storeRows(window: AnalysedWindow, outputs: OnnxTensors, row: number): void {
  for (const [n, reading] of window.readings.entries()) storeOutputs(reading, n, outputs, row);
  for (const [n, own] of (window.followed ?? []).entries()) storeFollowed(own, n, outputs, row);
  const losses = outputs[analysisNames.losses]?.data;
  if (losses instanceof Float32Array && window.losses !== undefined) {
    // The run's position t predicts the token behind it.
    const known = Math.min(losses.length, window.losses.length - row - 1);
    window.losses.set(losses.subarray(0, known), row + 1);
  }
  if (window.predictions !== undefined) storePredictions(window.predictions, outputs, row + 1);
}
