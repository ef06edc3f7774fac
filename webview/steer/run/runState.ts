// The life of a run as the view sees it: asked for, started, its steps, its end. Pure. Messages of runs that are no longer
// wanted are ignored, so that asking again while one is running mixes nothing.
import type { SteerStep } from '../../../src/shared/engineProtocol.ts';
import type {
  FinishedPair,
  FromSteerView,
  SteerRequest,
  ToSteerView,
} from '../../../src/shared/webviewProtocol.ts';
import { type RunSample, knownBaseline, noSample, pairOf, pairToContinue } from './runSample.ts';
import { runStep } from './runStep.ts';

export interface RunState {
  readonly phase: 'asked' | 'running' | 'finished' | 'stopped' | 'failed';
  readonly run: number;
  readonly prompt: string;
  /** Most tokens of a text, those it goes on from included. */
  readonly maxTokens: number;
  /** At least one. */
  readonly samples: readonly RunSample[];
  /** What was asked, to tell later whether the arrangement is still the same. */
  readonly request: string;
  /** What the baseline depends on. */
  readonly baselineOf: string;
}

export type RunRequest = Extract<FromSteerView, { readonly kind: 'run' }>;

/** @param shown the run in whose place it comes */
export function askedRun(request: RunRequest, shown: RunState | undefined): RunState {
  const { run, prompt, settings, continuing } = request;
  const baselineOf = baselineKey(request);
  const asked = { phase: 'asked', run, prompt, request: requestKey(request), baselineOf } as const;
  if (continuing !== undefined && shown !== undefined) {
    const samples = shown.samples.map(({ steps }) => ({ steps, earlierBaseline: [] }));
    return { ...asked, maxTokens: mostSteps(samples) + settings.maxTokens, samples };
  }
  const hasSameBaseline = shown?.baselineOf === baselineOf;
  const earlier = hasSameBaseline ? shown.samples : [noSample];
  const samples = earlier.map((sample) => ({
    steps: [],
    earlierBaseline: knownBaseline(sample).slice(0, settings.maxTokens),
  }));
  return { ...asked, maxTokens: settings.maxTokens, samples };
}

/** What the next run goes on from; `undefined` where the texts are over, still growing, or of another arrangement. */
export function toContinue(
  state: RunState | undefined,
  request: SteerRequest,
): RunRequest['continuing'] {
  if (state === undefined || isGoing(state) || isOutdated(state, request)) return undefined;
  const canGoOn = state.samples.some((sample) => pairToContinue(sample) !== undefined);
  return canGoOn ? state.samples.map(pairOf) : undefined;
}

/** Whether a run with this request would be another one than the run shown. */
export function isOutdated(state: RunState, request: SteerRequest): boolean {
  return state.request !== requestKey(request);
}

export function isGoing(state: RunState | undefined): boolean {
  return state?.phase === 'asked' || state?.phase === 'running';
}

/** The run after a message from the host. */
export function nextRun(state: RunState, message: ToSteerView): RunState {
  if (!('run' in message) || message.run !== state.run || !isGoing(state)) return state;
  switch (message.kind) {
    case 'started':
      return { ...state, phase: 'running' };
    case 'step':
      return { ...state, samples: withStep(state.samples, message.step) };
    case 'finished':
      return { ...state, phase: 'finished', samples: finished(state.samples, message.samples) };
    case 'stopped':
    case 'failed':
      return { ...state, phase: message.kind };
  }
}

/** Steps of the longest sample. */
export function mostSteps(samples: readonly RunSample[]): number {
  return Math.max(0, ...samples.map(({ steps }) => steps.length));
}

function withStep(samples: readonly RunSample[], step: SteerStep): readonly RunSample[] {
  const grown = [...samples];
  while (grown.length <= step.sample) grown.push(noSample);
  return grown.map((sample, index) =>
    index === step.sample ? { ...sample, steps: [...sample.steps, runStep(step)] } : sample,
  );
}

/** A sample whose texts ended before their first token has sent no step. */
function finished(
  samples: readonly RunSample[],
  pairs: readonly FinishedPair[],
): readonly RunSample[] {
  if (pairs.length === 0) return samples;
  return pairs.map((texts, index) => ({ ...(samples[index] ?? noSample), texts }));
}

function requestKey({ prompt, edits, settings }: SteerRequest): string {
  return JSON.stringify([prompt, edits, settings]);
}

/** A longer run begins as a shorter one does. */
function baselineKey({ prompt, settings }: SteerRequest): string {
  return JSON.stringify([prompt, { ...settings, maxTokens: 0 }]);
}

/** A run that was stored earlier, perhaps by another version: `undefined` unless it is whole and over. */
export function restoreRun(stored: unknown): RunState | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const run = stored as Partial<RunState>;
  const isWhole =
    [run.prompt, run.request, run.baselineOf].every((text) => typeof text === 'string') &&
    [run.maxTokens, run.run].every(Number.isFinite) &&
    Array.isArray(run.samples) &&
    run.samples.length > 0 &&
    run.samples.every(isSample);
  return isWhole && !isGoing(run as RunState) ? (run as RunState) : undefined;
}

function isSample(stored: Partial<RunSample> | null): boolean {
  return Array.isArray(stored?.steps) && Array.isArray(stored.earlierBaseline);
}
