// The life of a sweep as the view sees it. Pure; as in runState.ts, messages of other sweeps change nothing.
import type { SweepPoint, SweepResult } from '../../../src/shared/engineProtocol.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { type EditTarget, sameTarget } from '../draft/edit/target.ts';
import type {
  FromSteerView,
  SteerRequest,
  ToSteerView,
} from '../../../src/shared/webviewProtocol.ts';

/** Of an edit: what its strength is. */
export type SweptKind = Pick<DraftEdit, 'operation' | 'unit'>;

export interface SweepState {
  readonly phase: 'running' | 'finished' | 'stopped' | 'failed';
  readonly sweep: number;
  /** Steps taken, and how many there are; 0 of 0 until that is known. */
  readonly done: number;
  readonly of: number;
  readonly result?: SweepResult;
  /** Why it failed. */
  readonly message?: string;
  /** What the strengths mean. */
  readonly swept: SweptKind;
  /** What was asked, without the strength that was swept. */
  readonly request: string;
}

export type SweepMessage = Extract<FromSteerView, { readonly kind: 'sweep' }>;

export function askedSweep(
  message: SweepMessage,
  target: EditTarget,
  swept: SweptKind,
): SweepState {
  const request = sweepKey(message, target);
  return { phase: 'running', sweep: message.sweep, done: 0, of: 0, swept, request };
}

export function nextSweep(state: SweepState, message: ToSteerView): SweepState {
  if (!('sweep' in message) || message.sweep !== state.sweep || state.phase !== 'running') {
    return state;
  }
  switch (message.kind) {
    case 'sweepProgress':
      return { ...state, done: message.done, of: message.of };
    case 'sweepFinished':
      return { ...state, phase: 'finished', result: message.result };
    case 'sweepStopped':
      return { ...state, phase: 'stopped' };
    case 'sweepFailed':
      return { ...state, phase: 'failed', message: message.message };
  }
}

/** Whether the same sweep would give something else now: the strength that was swept may be any. */
export function isSweepOutdated(
  state: SweepState,
  request: SteerRequest,
  target: EditTarget,
): boolean {
  return state.request !== sweepKey(request, target);
}

function sweepKey({ prompt, edits, settings }: SteerRequest, target: EditTarget): string {
  const others = edits.map((edit) =>
    sameTarget(edit, target) && 'amount' in edit ? { ...edit, amount: 0 } : edit,
  );
  return JSON.stringify([prompt, others, settings]);
}

/** A sweep that was stored earlier, perhaps by another version: `undefined` unless it is whole and over. */
export function restoreSweep(stored: unknown): SweepState | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const sweep = stored as Partial<SweepState>;
  const { result } = sweep;
  const isWhole =
    sweep.phase === 'finished' &&
    Number.isFinite(sweep.sweep) &&
    typeof sweep.request === 'string' &&
    typeof sweep.swept?.operation === 'string' &&
    typeof result?.baseline.continuation.text === 'string' &&
    Array.isArray(result.points) &&
    result.points.every(isPoint);
  return isWhole ? (sweep as SweepState) : undefined;
}

function isPoint({ amount, continuation }: Partial<SweepPoint>): boolean {
  return Number.isFinite(amount) && typeof continuation?.text === 'string';
}
