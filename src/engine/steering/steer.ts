// Baseline and steered continuation of one prompt, token by token, with the same random numbers in both.
import type { SteerResult, SteerStep } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { compareLogits } from '../math/kl.ts';
import { Random } from '../math/rng.ts';
import { argmax, sampleGumbelPair } from '../math/sampling.ts';
import type { Sites } from '../onnx/sites/sites.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { expectedInStep } from './expectedInStep.ts';
import { GrowingText } from './growingText.ts';
import { readPrefix, sharedLength, type PrefixMemory } from './prefix.ts';
import { roomBehind } from './prompt.ts';
import { rowsFor, type ReadyEdits, type TextRows } from './rows.ts';

export interface SteerRun {
  /** Of two rows: the baseline, without edits, and the steered one. */
  readonly edits: ReadyEdits;
  readonly sites: Sites;
  readonly prefix: PrefixMemory;
  readonly tokenizer: TextTokenizer;
  /** [T] ids of the prompt, BOS included, T ≥ 1. */
  readonly prompt: Uint32Array;
  /** Tokens of it per run of the model. */
  readonly promptBlock: number;
  readonly maxTokens: number;
  /** Longest sequence of the model, prompt included. */
  readonly contextLength: number;
  readonly temperature: number;
  readonly seed: number;
  /** Likeliest tokens reported per step. */
  readonly top: number;
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
  const texts = [new GrowingText(run.tokenizer), new GrowingText(run.tokenizer)] as const;
  const [baseline, steered] = texts;
  const steps: SteerStep[] = [];
  const begun = await readPrompt(run, breath);
  let { logits } = begun;
  for (;;) {
    const step = takeStep(run, steps.length, texts, choose(logits), logits);
    if (step === undefined) break;
    steps.push(step);
    onStep(step);
    if (steps.length === length) break;
    await breath();
    const next = [Uint32Array.of(baseline.lastId), Uint32Array.of(steered.lastId)];
    logits = pairOf(await begun.rows.feed(next));
  }
  return { baseline: baseline.finish(), steered: steered.finish(), steps };
}

/** Adds the chosen tokens to both texts; `undefined` once both have ended. */
function takeStep(
  { top, tokenizer }: SteerRun,
  index: number,
  [baseline, steered]: Pair<GrowingText>,
  choice: Pair<number>,
  logits: Pair<Float32Array>,
): SteerStep | undefined {
  const compared = compareLogits(...logits);
  const isOver = baseline.isEnded || steered.isEnded;
  const ofBaseline = baseline.take(choice[0], (logits[0][choice[0]] ?? NaN) - compared.pTotal);
  const ofSteered = steered.take(choice[1], (logits[1][choice[1]] ?? NaN) - compared.qTotal);
  if (ofBaseline === undefined && ofSteered === undefined) return undefined;
  return {
    step: index,
    ...(ofBaseline === undefined ? {} : { baseline: ofBaseline }),
    ...(ofSteered === undefined ? {} : { steered: ofSteered }),
    kl: isOver ? 0 : compared.kl,
    ...(top > 0 && !isOver
      ? { expected: expectedInStep(logits, top, (id) => tokenizer.textOf(id)) }
      : {}),
  };
}

/** Both rows behind the prompt. What no edit touches is read once for both. */
async function readPrompt(
  run: SteerRun,
  breath: () => Promise<void>,
): Promise<{ readonly rows: TextRows; readonly logits: Pair<Float32Array> }> {
  const { edits, prompt, promptBlock: block, prefix: memory } = run;
  let at = sharedLength(edits, prompt);
  const ids = prompt.subarray(0, at);
  const beginning = at === 0 ? undefined : await readPrefix(edits, { ids, block, memory }, breath);
  const rest = prompt.length - at;
  const rows = rowsFor(run.sites, edits, {
    readsBehindCache: at > 0 ? rest > 1 : rest > block && block > 1,
    ...(beginning && { beginning }),
  });
  for (;;) {
    await breath();
    const own = prompt.subarray(at, at + block);
    const logits = await rows.feed([own, own]);
    at += block;
    if (at >= prompt.length) return { rows, logits: pairOf(logits) };
  }
}

function pairOf([baseline, steered]: readonly Float32Array[]): Pair<Float32Array> {
  if (baseline !== undefined && steered !== undefined) return [baseline, steered];
  throw new MonosemError('internal', 'A run of two rows did not return two rows.');
}

/** Chooses a token per row; rows share their random numbers. */
function chooser({ temperature, seed }: SteerRun): (logits: Pair<Float32Array>) => Pair<number> {
  if (temperature === 0) return ([a, b]) => [argmax(a, 0, a.length), argmax(b, 0, b.length)];
  const random = new Random(seed);
  return ([a, b]) => sampleGumbelPair(a, b, temperature, () => random.uniform());
}
