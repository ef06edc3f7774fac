// The life of a run as the view sees it: asked for, started, its steps, its end. Pure. Messages of runs that are no longer
// wanted are ignored, so that asking again while one is running mixes nothing.
import type { SteerStep } from '../../src/shared/engineProtocol.ts';
import type { FromSteerView, ToSteerView } from '../../src/shared/webviewProtocol.ts';
import { counted, numberText } from '../common/numberText.ts';
import { compare } from './comparison.ts';

export interface RunState {
  readonly phase: 'asked' | 'running' | 'finished' | 'stopped' | 'failed';
  /** Given by the host when it starts. */
  readonly run: number | undefined;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly steps: readonly SteerStep[];
  /** What was asked, to tell later whether the arrangement is still the same. */
  readonly request: string;
}

export type RunRequest = Extract<FromSteerView, { readonly kind: 'run' }>;

export function askedRun(request: RunRequest): RunState {
  const { prompt, settings } = request;
  return {
    phase: 'asked',
    run: undefined,
    prompt,
    maxTokens: settings.maxTokens,
    steps: [],
    request: JSON.stringify(request),
  };
}

/** Whether a run with this request would be another one than the run shown. */
export function isOutdated(state: RunState, request: RunRequest): boolean {
  return state.request !== JSON.stringify(request);
}

export function isGoing(state: RunState | undefined): boolean {
  return state?.phase === 'asked' || state?.phase === 'running';
}

/** The run after a message from the host. */
export function nextRun(state: RunState, message: ToSteerView): RunState {
  if (message.kind === 'started') {
    return state.phase === 'asked' ? { ...state, phase: 'running', run: message.run } : state;
  }
  if (message.kind === 'failed') {
    const isOurs = message.run !== undefined && (state.run ?? message.run) === message.run;
    return isOurs && isGoing(state) ? { ...state, phase: 'failed' } : state;
  }
  if (!('run' in message) || message.run !== state.run || state.phase !== 'running') return state;
  return message.kind === 'step'
    ? { ...state, steps: [...state.steps, message.step] }
    : { ...state, phase: message.kind };
}

/** How the run is doing, in one line. */
export function runText({ phase, steps, maxTokens }: RunState): string {
  switch (phase) {
    case 'asked':
      return 'Starting…';
    case 'running':
      return `Token ${String(steps.length)} of ${String(maxTokens)}`;
    case 'stopped':
      return `Stopped after ${counted(steps.length, 'token')}.`;
    case 'failed':
      return steps.length === 0 ? '' : `Failed after ${counted(steps.length, 'token')}.`;
    case 'finished':
      return outcomeText(steps);
  }
}

function outcomeText(steps: readonly SteerStep[]): string {
  const { divergence, meanKl } = compare(steps);
  const distance = `Mean KL ${numberText(meanKl)} nats.`;
  if (steps.length === 0) return 'Finished without a token: the text ends with the prompt.';
  return divergence === undefined
    ? `Both texts are equal over ${counted(steps.length, 'token')}. ${distance}`
    : `The texts part at token ${String(divergence + 1)} of ${String(steps.length)}. ${distance}`;
}

/** A run that was stored earlier, perhaps by another version: `undefined` unless it is whole and over. */
export function restoreRun(stored: unknown): RunState | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const run = stored as Partial<RunState>;
  const isWhole =
    typeof run.prompt === 'string' &&
    typeof run.request === 'string' &&
    Number.isFinite(run.maxTokens) &&
    Array.isArray(run.steps);
  return isWhole && !isGoing(run as RunState) ? (run as RunState) : undefined;
}
