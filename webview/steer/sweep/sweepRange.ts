// At which strengths an edit is swept. Pure.
import { t } from '../../../src/shared/l10n.ts';
import type { DraftEdit, Operation } from '../draft/edit/draftEdit.ts';
import { amountRange } from '../edits/amounts.ts';

export interface SweepRange {
  readonly from: number;
  readonly to: number;
  /** Strengths, both ends included. */
  readonly points: number;
}

export const fewestPoints = 2;
export const mostPoints = 33;

const defaultPoints = 9;

/** Whether an edit has a strength to sweep. */
export function isSweepable(operation: Operation): boolean {
  return operation !== 'none' && operation !== 'ablate';
}

/** As far as the slider goes: −10 to 10 times the largest activation for `add`, 0 to 10 for `clamp`, 0 to 4 for `scale`. */
export function defaultRange({ operation, unit }: DraftEdit, yardstick: number): SweepRange {
  const range = amountRange(operation, unit, yardstick);
  return { from: range?.min ?? 0, to: range?.max ?? 1, points: defaultPoints };
}

/** In one sentence; `undefined` where there is something to sweep. */
export function rangeProblem({ from, to }: SweepRange): string | undefined {
  return from === to
    ? t('Both ends of the sweep are {0}: choose another one for the end.', from)
    : undefined;
}

/** Evenly spaced, in rising order. */
export function amountsOf({ from, to, points }: SweepRange): readonly number[] {
  const [low, high] = from < to ? [from, to] : [to, from];
  const count = Math.min(mostPoints, Math.max(fewestPoints, Math.round(points)));
  return Array.from({ length: count }, (_, n) =>
    // Without the noise of binary fractions, which people would read.
    Number((low + ((high - low) * n) / (count - 1)).toPrecision(6)),
  );
}
