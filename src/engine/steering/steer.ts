// Baseline and steered continuations of one prompt, token by token, all in one batch.
import type { SteerResult, SteerStep } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Sites } from '../onnx/sites/sites.ts';
import { readPrefix, sharedLength, type PrefixMemory } from './prefix.ts';
import { roomBehind } from './prompt.ts';
import { rowsFor, type ReadyEdits, type TextRows } from './rows.ts';
import type { Pair, SteeredPair } from './steeredPair.ts';

export interface SteerRun {
  /** Of two rows: the baseline, without edits, and the steered one. */
  readonly edits: ReadyEdits;
  readonly sites: Sites;
  readonly prefix: PrefixMemory;
  /** At least one. */
  readonly samples: readonly SteeredPair[];
  /** What the rows of each sample begin with, all of one length: the prompt, and what was generated before. */
  readonly sequences: readonly Pair<Uint32Array>[];
  /** Tokens per run of the model while they are read. */
  readonly promptBlock: number;
  readonly maxTokens: number;
  /** Longest sequence of the model, prompt included. */
  readonly contextLength: number;
}

/**
 * @param breath awaited between two runs of the model
 * @throws MonosemError `tooManyTokens`; whatever `breath` throws
 */
export async function steer(
  run: SteerRun,
  onStep: (step: SteerStep) => void,
  breath: () => Promise<void>,
): Promise<SteerResult> {
  const { samples, sequences } = run;
  const [first] = sequences[0] ?? [new Uint32Array(0)];
  const length = Math.min(run.maxTokens, roomBehind(first, run.contextLength));
  const begun = await readSequences(run, breath);
  let { logits } = begun;
  for (let count = 1; ; count++) {
    for (const [s, sample] of samples.entries()) {
      const step = sample.isEnded ? undefined : sample.step(pairOf(logits, s));
      if (step !== undefined) onStep(step);
    }
    if (count === length || samples.every(({ isEnded }) => isEnded)) break;
    await breath();
    logits = await begun.rows.feed(samples.flatMap(({ lastIds }) => [...lastIds]));
  }
  return { samples: samples.map((sample) => sample.finish()) };
}

/**
 * All rows behind what they begin with. What no edit touches is read once for all, and where nothing was generated before,
 * so is the prompt of all samples.
 */
async function readSequences(
  run: SteerRun,
  breath: () => Promise<void>,
): Promise<{ readonly rows: TextRows; readonly logits: readonly Float32Array[] }> {
  const { edits, sequences, promptBlock: block, prefix: memory } = run;
  const rows = sequences.flat();
  const [first = new Uint32Array(0)] = rows;
  let at = Math.min(sharedLength(edits, first), ...rows.map((row) => agreement(first, row)));
  const ids = first.subarray(0, at);
  const beginning = at === 0 ? undefined : await readPrefix(edits, { ids, block, memory }, breath);
  const rest = first.length - at;
  const pair = rowsFor(run.sites, edits, {
    readsBehindCache: at > 0 ? rest > 1 : rest > block && block > 1,
    ...(beginning && { beginning }),
  });
  const spread = sequences.flatMap(() => [0, 1]);
  const isOneText = rows.every((row) => agreement(first, row) === first.length);
  const own = isOneText ? rows.slice(0, 2) : rows;
  const reading = isOneText ? pair : pair.take(spread);
  for (;;) {
    await breath();
    const start = at;
    const logits = await reading.feed(own.map((row) => row.subarray(start, start + block)));
    at += block;
    if (at < first.length) continue;
    return isOneText && sequences.length > 1
      ? { rows: reading.take(spread), logits: spread.flatMap((b) => logits.slice(b, b + 1)) }
      : { rows: reading, logits };
  }
}

/** Tokens that two sequences begin with alike. */
function agreement(a: Uint32Array, b: Uint32Array): number {
  if (a === b) return a.length;
  const at = a.findIndex((id, i) => id !== b[i]);
  return at === -1 ? a.length : at;
}

/** @param s the sample */
function pairOf(logits: readonly Float32Array[], s: number): Pair<Float32Array> {
  const [baseline, steered] = logits.slice(2 * s, 2 * s + 2);
  if (baseline !== undefined && steered !== undefined) return [baseline, steered];
  throw new MonosemError('internal', 'A run of the model did not return all rows.');
}
