// One sample of a run: its steps so far, its texts when they are done, and the baseline of an earlier run, which stands
// until this run has written it again. Pure.
import type {
  AlignedRun,
  GeneratedPair,
  GeneratedText,
  GeneratedToken,
} from '../../../src/shared/engineProtocol.ts';
import type { FinishedPair } from '../../../src/shared/webviewProtocol.ts';
import { type Side, divergenceOf, stepsText } from './comparison.ts';
import type { RunStep } from './runStep.ts';

export interface RunSample {
  /** Also those of the runs that this one continues. */
  readonly steps: readonly RunStep[];
  /** The baseline as an earlier run has written it: the same again, as long as prompt and settings are the same. */
  readonly earlierBaseline: readonly GeneratedToken[];
  /** When the run has finished. */
  readonly texts?: FinishedPair;
}

export const noSample: RunSample = { steps: [], earlierBaseline: [] };

/** A token as it is drawn. */
export interface DrawnToken {
  readonly text: string;
  /** Index of its step. */
  readonly step: number;
  /** Only this side has it; while a run goes on, all that stands at or behind the place where the texts part. */
  readonly isDifferent: boolean;
  /** The texts part here. */
  readonly isDivergence: boolean;
}

export function drawnTokens(sample: RunSample, side: Side): readonly DrawnToken[] {
  const { steps, earlierBaseline } = sample;
  const divergence = divergenceOf(steps);
  const own = ownTokens(sample.texts?.aligned, side);
  const texts = steps.map((step) => step[side]?.text);
  if (side === 'baseline' && sample.texts === undefined) {
    texts.push(...earlierBaseline.slice(steps.length).map(({ text }) => text));
  }
  return texts.flatMap((text, step) =>
    text === undefined
      ? []
      : [
          {
            ...{ text, step, isDivergence: step === divergence },
            isDifferent:
              own?.(step) ??
              (divergence !== undefined && step >= divergence && step < steps.length),
          },
        ],
  );
}

/** Which tokens of a side the other one does not have, once both are aligned. */
function ownTokens(
  aligned: readonly AlignedRun[] | undefined,
  side: Side,
): ((token: number) => boolean) | undefined {
  const own = aligned?.filter(({ kind }) => kind === side);
  return own && ((token) => own.some(({ from, to }) => token >= from && token < to));
}

/** All that a side has written. */
export function sampleText({ steps, texts }: RunSample, side: Side): string {
  return texts?.[side].text ?? stepsText(steps, side);
}

/** What comes behind the tokens: the end of a text that might have become a stop string and did not. */
export function restOf(sample: RunSample, side: Side): string {
  const written = stepsText(sample.steps, side);
  const whole = sampleText(sample, side);
  return whole.startsWith(written) ? whole.slice(written.length) : '';
}

/** How a side came to an end of its own; `undefined` where it only reached the length asked for. */
export function endOf({ texts, steps }: RunSample, side: Side): 'endOfText' | 'stop' | undefined {
  if (texts !== undefined) return texts[side].end === 'length' ? undefined : texts[side].end;
  const last = steps.at(-1);
  return last !== undefined && last[side] === undefined ? 'endOfText' : undefined;
}

/** What a run behind this one goes on from; `undefined` where there is nothing to go on from. */
export function pairToContinue(sample: RunSample): GeneratedPair | undefined {
  const isOver = [endOf(sample, 'baseline'), endOf(sample, 'steered')].every(Boolean);
  if (sample.steps.length === 0 || isOver) return undefined;
  return { baseline: generated(sample, 'baseline'), steered: generated(sample, 'steered') };
}

/** The same for a sample that cannot go on beside others that can. */
export function pairOf(sample: RunSample): GeneratedPair {
  return { baseline: generated(sample, 'baseline'), steered: generated(sample, 'steered') };
}

function generated(sample: RunSample, side: Side): GeneratedText {
  const known = sample.texts?.[side];
  if (known !== undefined) return { tokens: known.tokens, end: known.end };
  const tokens = sample.steps.flatMap((step) => step[side]?.id ?? []);
  // A text that ended with a stop string is cut there again when it is read.
  return { tokens, end: endOf(sample, side) ?? 'length' };
}

/** The baseline in full, as far as it is known: for the next run. */
export function knownBaseline({ steps, earlierBaseline }: RunSample): readonly GeneratedToken[] {
  const written = steps.flatMap(({ baseline }) => baseline ?? []);
  return [...written, ...earlierBaseline.slice(steps.length)];
}
