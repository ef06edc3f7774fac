// Baseline and steered continuation of one prompt, token by token, with the same random numbers in both.
import type { Continuation, SteerScope, SteerStep } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { tokenId, type FeatureIndex, type TokenId } from '../../shared/units.ts';
import { klFromLogits } from '../math/kl.ts';
import { Random } from '../math/rng.ts';
import { argmax, fillGumbel, sampleGumbel } from '../math/sampling.ts';
import { logSoftmaxAt } from '../math/softmax.ts';
import type { StreamDecoder } from '../tokenizer/streamDecoder.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { scopeTouches, type Transform } from './edits.ts';
import type { RowEdit } from './interventions.ts';
import type { RunRows } from './rows.ts';

export interface SteerRun {
  readonly runRows: RunRows;
  readonly tokenizer: TextTokenizer;
  /** [T] ids of the prompt, BOS included, T ≥ 1. */
  readonly prompt: Uint32Array;
  readonly transforms: ReadonlyMap<FeatureIndex, Transform>;
  readonly scope: SteerScope;
  readonly maxTokens: number;
  /** Longest sequence of the model, prompt included. */
  readonly contextLength: number;
  readonly temperature: number;
  readonly seed: number;
}

/** Prompt tokens per run of the model; a cancellation is noticed between two runs. */
const promptBlock = 256;

/**
 * @param breath awaited between two runs of the model
 * @throws MonosemError `tooManyTokens`; whatever `breath` throws
 */
export async function steer(
  run: SteerRun,
  onStep: (step: SteerStep) => void,
  breath: () => Promise<void>,
): Promise<{ baseline: Continuation; steered: Continuation; steps: SteerStep[] }> {
  const room = run.contextLength - run.prompt.length;
  if (room < 1) {
    throw new MonosemError(
      'tooManyTokens',
      `The prompt has ${run.prompt.length} tokens, but the model reads ${run.contextLength} at most and needs room to continue; shorten the prompt.`,
    );
  }
  const choose = chooser(run);
  const sides = [new Side(run.tokenizer), new Side(run.tokenizer)] as const;
  const [baseline, steered] = sides;
  const steps: SteerStep[] = [];
  let logits = await prefill(run, breath);
  for (let step = 0; step < Math.min(run.maxTokens, room); step++) {
    const [ofBaseline, ofSteered] = logits;
    if (ofBaseline === undefined || ofSteered === undefined) break;
    const areBothRunning = !baseline.isEnded && !steered.isEnded;
    const choices = choose([ofBaseline, ofSteered]);
    for (const [b, side] of sides.entries()) {
      side.take(choices[b] ?? 0, logits[b] ?? ofBaseline);
    }
    const taken = {
      step,
      ...(baseline.latest === undefined ? {} : { baseline: baseline.latest }),
      ...(steered.latest === undefined ? {} : { steered: steered.latest }),
      kl: areBothRunning ? klFromLogits(ofBaseline, ofSteered) : 0,
    };
    if (baseline.isEnded && steered.isEnded) break;
    steps.push(taken);
    onStep(taken);
    await breath();
    logits = await run.runRows(
      sides.map((side, b) => ({
        ids: Uint32Array.of(side.lastId),
        edit: editOf(run, b, 'generated'),
      })),
    );
  }
  return { baseline: baseline.finish(), steered: steered.finish(), steps };
}

/** Row 0 is the baseline. */
function editOf(run: SteerRun, row: number, place: 'prompt' | 'generated'): RowEdit {
  return row === 1 && scopeTouches(run.scope, place) ? run.transforms : 'none';
}

async function prefill(run: SteerRun, breath: () => Promise<void>): Promise<Float32Array[]> {
  let logits: Float32Array[] = [];
  for (let at = 0; at < run.prompt.length; at += promptBlock) {
    await breath();
    const ids = run.prompt.subarray(at, at + promptBlock);
    logits = await run.runRows([0, 1].map((row) => ({ ids, edit: editOf(run, row, 'prompt') })));
  }
  return logits;
}

/** Chooses a token per row; rows share their random numbers. */
function chooser({
  temperature,
  seed,
}: SteerRun): (logits: readonly Float32Array[]) => readonly number[] {
  if (temperature === 0) {
    return (logits) => logits.map((row) => argmax(row, 0, row.length));
  }
  const random = new Random(seed);
  let noise = new Float32Array(0);
  return (logits) => {
    const vocabulary = logits[0]?.length ?? 0;
    if (noise.length !== vocabulary) noise = new Float32Array(vocabulary);
    fillGumbel(noise, () => random.uniform());
    return logits.map((row) => sampleGumbel(row, 0, temperature, noise));
  };
}

/** One of the two continuations as it grows. */
class Side {
  readonly #eosIds: ReadonlySet<number>;
  readonly #decoder: StreamDecoder;
  readonly #tokens: TokenId[] = [];
  #text = '';
  isEnded = false;
  /** What the last step added; absent once the continuation has ended. */
  latest: SteerStep['baseline'];
  /** Fed to the model next; after the end it only keeps the row's place. */
  lastId = 0;

  constructor(tokenizer: TextTokenizer) {
    this.#eosIds = new Set(tokenizer.eosIds);
    this.#decoder = tokenizer.stream();
  }

  take(id: number, logits: Float32Array): void {
    this.isEnded ||= this.#eosIds.has(id);
    if (this.isEnded) {
      this.latest = undefined;
      return;
    }
    const text = this.#decoder.push(id);
    this.#text += text;
    this.#tokens.push(tokenId(id));
    this.lastId = id;
    this.latest = { id: tokenId(id), text, logProbability: logSoftmaxAt(logits, id) };
  }

  finish(): Continuation {
    return { text: this.#text + this.#decoder.end(), tokens: this.#tokens };
  }
}
