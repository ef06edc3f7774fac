// The life of a measurement as the view sees it, and what came of it, in plain values that survive being stored. Pure; as in
// runState.ts, messages of other measurements change nothing.
import type { ContinuationEffect, ReadContinuation } from '../../../src/shared/engineProtocol.ts';
import type { LikelihoodRequest, ToSteerView } from '../../../src/shared/webviewProtocol.ts';

/** A token of the continuation; its loss in nats without edits and with them. */
export interface JudgedToken {
  readonly text: string;
  readonly baseline: number;
  readonly steered: number;
}

type WholeLoss = Pick<ReadContinuation, 'sum' | 'perplexity'>;

export interface Likelihood {
  /** Of which request, to tell later whether it is still the same. */
  readonly request: string;
  /** At least one. */
  readonly tokens: readonly JudgedToken[];
  readonly baseline: WholeLoss;
  readonly steered: WholeLoss;
}

export interface Measurement {
  readonly phase: 'running' | 'finished' | 'stopped' | 'failed';
  readonly measurement: number;
  /** What was asked. */
  readonly request: string;
  /** Also of an earlier measurement: it stands until there is another one, so that nothing flickers. */
  readonly found?: Likelihood;
  /** Why it failed. */
  readonly message?: string;
}

/** @param shown in whose place it comes */
export function askedMeasurement(
  measurement: number,
  request: LikelihoodRequest,
  shown: Measurement | undefined,
): Measurement {
  const found = shown?.found;
  const asked = { phase: 'running', measurement, request: likelihoodKey(request) } as const;
  return { ...asked, ...(found && { found }) };
}

export function nextMeasurement(state: Measurement, message: ToSteerView): Measurement {
  const isOf = 'measurement' in message && message.measurement === state.measurement;
  if (!isOf || state.phase !== 'running') return state;
  const { measurement, request } = state;
  switch (message.kind) {
    case 'likelihoodMeasured':
      return { ...state, phase: 'finished', found: likelihoodOf(message.effect, request) };
    case 'likelihoodStopped':
      return { ...state, phase: 'stopped' };
    case 'likelihoodFailed':
      return { phase: 'failed', measurement, request, message: message.message };
  }
}

/** Equal for requests that are answered equally. */
export function likelihoodKey({ prompt, continuation, edits, chat }: LikelihoodRequest): string {
  return JSON.stringify([prompt, continuation, edits, chat === true]);
}

function likelihoodOf(
  { texts, baseline, steered }: ContinuationEffect,
  request: string,
): Likelihood {
  return {
    request,
    tokens: texts.map((text, index) => ({
      text,
      baseline: shortened(baseline.losses[index] ?? NaN),
      steered: shortened(steered.losses[index] ?? NaN),
    })),
    baseline: { sum: baseline.sum, perplexity: baseline.perplexity },
    steered: { sum: steered.sum, perplexity: steered.perplexity },
  };
}

/** Enough digits for every change that is shown, and few to be stored. */
function shortened(loss: number): number {
  return Number(loss.toFixed(5));
}

/** What was stored earlier, perhaps by another version: `undefined` unless it is whole and over. */
export function restoreMeasurement(stored: unknown): Measurement | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { phase, measurement, request, found } = stored as Partial<Measurement>;
  const isWhole =
    phase === 'finished' &&
    Number.isFinite(measurement) &&
    typeof request === 'string' &&
    typeof found?.request === 'string' &&
    [found.baseline, found.steered].every(isWholeLoss) &&
    Array.isArray(found.tokens) &&
    found.tokens.length > 0 &&
    found.tokens.every(isJudged);
  return isWhole ? (stored as Measurement) : undefined;
}

function isWholeLoss(stored: Partial<WholeLoss> | undefined): boolean {
  return [stored?.sum, stored?.perplexity].every(Number.isFinite);
}

function isJudged(stored: Partial<JudgedToken> | null): boolean {
  return (
    typeof stored?.text === 'string' && [stored.baseline, stored.steered].every(Number.isFinite)
  );
}
