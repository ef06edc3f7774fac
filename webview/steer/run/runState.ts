// The life of a run as the view sees it: asked for, started, its steps, its end. Pure. Messages of runs that are no longer
// wanted are ignored, so that asking again while one is running mixes nothing.
import type { SteerStep } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import { numberText } from '../../../src/shared/numberText.ts';
import type { FromSteerView, ToSteerView } from '../../../src/shared/webviewProtocol.ts';
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
      return t('Starting…');
    case 'running':
      return t('Token {0} of {1}', steps.length, maxTokens);
    case 'stopped':
      return steps.length === 1
        ? t('Stopped after 1 token.')
        : t('Stopped after {0} tokens.', steps.length);
    case 'failed':
      return failureText(steps.length);
    case 'finished':
      return outcomeText(steps);
  }
}

function failureText(steps: number): string {
  if (steps === 0) return '';
  return steps === 1 ? t('Failed after 1 token.') : t('Failed after {0} tokens.', steps);
}

function outcomeText(steps: readonly SteerStep[]): string {
  if (steps.length === 0) return t('Finished without a token: the text ends with the prompt.');
  const { divergence, meanKl } = compare(steps);
  return `${equalityText(divergence, steps.length)} ${t('Mean KL {0} nats.', numberText(meanKl))}`;
}

function equalityText(divergence: number | undefined, steps: number): string {
  if (divergence !== undefined) {
    return t('The texts part at token {0} of {1}.', divergence + 1, steps);
  }
  return steps === 1
    ? t('Both texts are equal over 1 token.')
    : t('Both texts are equal over {0} tokens.', steps);
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
