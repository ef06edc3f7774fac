// Baseline and steered continuation of one prompt, token by token, with the same random numbers in both.
import type { SteerResult, SteerScope, SteerStep } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { compareLogits } from '../math/kl.ts';
import { Random } from '../math/rng.ts';
import { argmax, sampleGumbelPair } from '../math/sampling.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { scopeTouches } from './edits.ts';
import { GrowingText } from './growingText.ts';
import type { RowEdit, Transforms } from './interventions.ts';
import { roomBehind } from './prompt.ts';
import type { RunRows } from './rows.ts';

export interface SteerRun {
  readonly runRows: RunRows;
  readonly tokenizer: TextTokenizer;
  /** [T] ids of the prompt, BOS included, T ≥ 1. */
  readonly prompt: Uint32Array;
  /** Tokens of it per run of the model. */
  readonly promptBlock: number;
  /** SAE by SAE. */
  readonly transforms: readonly Transforms[];
  readonly scope: SteerScope;
  readonly maxTokens: number;
  /** Longest sequence of the model, prompt included. */
  readonly contextLength: number;
  readonly temperature: number;
  readonly seed: number;
}

/** Of the baseline and of the steered row. */
type Pair<T> = readonly [baseline: T, steered: T];

/**
 * @param breath awaited between two runs of the model
 * @throws MonosemError `tooManyTokens`; whatever `breath` throws
 */
export async function steer(
  run: SteerRun,
  onStep: (step: SteerStep) => void,
  breath: () => Promise<void>,
): Promise<SteerResult> {
  const length = Math.min(run.maxTokens, roomBehind(run.prompt, run.contextLength));
  const choose = chooser(run);
  const baseline = new GrowingText(run.tokenizer);
  const steered = new GrowingText(run.tokenizer);
  const steps: SteerStep[] = [];
  let logits = await prefill(run, breath);
  for (;;) {
    const step = takeStep(steps.length, [baseline, steered], choose(logits), logits);
    if (step === undefined) break;
    steps.push(step);
    onStep(step);
    if (steps.length === length) break;
    await breath();
    const next = [Uint32Array.of(baseline.lastId), Uint32Array.of(steered.lastId)] as const;
    logits = await runPair(run, 'generated', next);
  }
  return { baseline: baseline.finish(), steered: steered.finish(), steps };
}

/** Adds the chosen tokens to both texts; `undefined` once both have ended. */
function takeStep(
  index: number,
  [baseline, steered]: Pair<GrowingText>,
  choice: Pair<number>,
  logits: Pair<Float32Array>,
): SteerStep | undefined {
  const compared = compareLogits(...logits);
  const kl = baseline.isEnded || steered.isEnded ? 0 : compared.kl;
  const ofBaseline = baseline.take(choice[0], (logits[0][choice[0]] ?? NaN) - compared.pTotal);
  const ofSteered = steered.take(choice[1], (logits[1][choice[1]] ?? NaN) - compared.qTotal);
  if (ofBaseline === undefined && ofSteered === undefined) return undefined;
  return {
    step: index,
    ...(ofBaseline === undefined ? {} : { baseline: ofBaseline }),
    ...(ofSteered === undefined ? {} : { steered: ofSteered }),
    kl,
  };
}

/** @returns the logits behind the prompt */
async function prefill(run: SteerRun, breath: () => Promise<void>): Promise<Pair<Float32Array>> {
  let at = 0;
  for (;;) {
    await breath();
    const ids = run.prompt.subarray(at, at + run.promptBlock);
    const logits = await runPair(run, 'prompt', [ids, ids]);
    at += run.promptBlock;
    if (at >= run.prompt.length) return logits;
  }
}

/** Feeds tokens of the prompt, or generated ones, to both rows. @returns the logits [V] behind them */
async function runPair(
  { runRows, scope, transforms }: SteerRun,
  place: 'prompt' | 'generated',
  [ofBaseline, ofSteered]: Pair<Uint32Array>,
): Promise<Pair<Float32Array>> {
  const edit: RowEdit = scopeTouches(scope, place) ? transforms : 'none';
  const [baseline, steered] = await runRows([
    { ids: ofBaseline, edit: 'none' },
    { ids: ofSteered, edit },
  ]);
  if (baseline !== undefined && steered !== undefined) return [baseline, steered];
  throw new MonosemError('internal', 'A run of two rows did not return two rows.');
}

/** Chooses a token per row; rows share their random numbers. */
function chooser({ temperature, seed }: SteerRun): (logits: Pair<Float32Array>) => Pair<number> {
  if (temperature === 0) return ([a, b]) => [argmax(a, 0, a.length), argmax(b, 0, b.length)];
  const random = new Random(seed);
  return ([a, b]) => sampleGumbelPair(a, b, temperature, () => random.uniform());
}
