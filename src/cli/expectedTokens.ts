// The likeliest tokens of every step, of one model or of two side by side, as commands print them.
import type {
  ContinuationStep,
  ExpectedInStep,
  LikelyTokens,
  SteerStep,
} from '../shared/engineProtocol.ts';
import { likelyJson } from './likelyTokens.ts';
import { table, visibleToken, type Column } from './table.ts';

/** Typed arrays become plain arrays: JSON would write them as objects. */
export function stepJson({ expected, ...step }: SteerStep): object {
  return expected === undefined ? step : { ...step, expected: expectedJson(expected) };
}

/** The same of a model alone. */
export function continuationStepJson(
  { id, text, logProbability, expected }: ContinuationStep,
  step: number,
): object {
  return {
    step,
    baseline: { id, text, logProbability },
    ...(expected === undefined ? {} : { expected: { baseline: likelyJson(expected) } }),
  };
}

function expectedJson(expected: ExpectedInStep): object {
  const { baseline, steered, ranksInSteered, ranksInBaseline } = expected;
  return {
    baseline: likelyJson(baseline),
    steered: likelyJson(steered),
    ranksInSteered: [...ranksInSteered],
    ranksInBaseline: [...ranksInBaseline],
  };
}

/** What both models expected in every step in which neither had ended. */
export function expectedTable(steps: readonly SteerStep[]): string {
  const columns: readonly Column[] = [
    { title: 'step', align: 'right' },
    { title: 'baseline' },
    { title: 'p', align: 'right' },
    { title: 'rank steered', align: 'right' },
    { title: 'steered' },
    { title: 'p', align: 'right' },
    { title: 'rank baseline', align: 'right' },
  ];
  const rows = steps.flatMap(({ step, expected }) =>
    expected === undefined ? [] : expectedRows(step, expected),
  );
  return table(columns, rows);
}

/** What a model alone expected in every step. */
export function likelyTable(steps: readonly ContinuationStep[]): string {
  const columns: readonly Column[] = [
    { title: 'step', align: 'right' },
    { title: 'token' },
    { title: 'p', align: 'right' },
  ];
  const rows = steps.flatMap(({ expected }, step) =>
    Array.from(expected?.ids ?? [], (_, n) => [stepCell(step, n), ...likelyCells(expected, n)]),
  );
  return table(columns, rows);
}

function expectedRows(step: number, expected: ExpectedInStep): string[][] {
  const { baseline, steered, ranksInSteered, ranksInBaseline } = expected;
  return Array.from(baseline.ids, (_, n) => [
    stepCell(step, n),
    ...likelyCells(baseline, n),
    rankCell(n + 1, ranksInSteered[n]),
    ...likelyCells(steered, n),
    rankCell(n + 1, ranksInBaseline[n]),
  ]);
}

/** Counted from 1, as people do, in the first row of the step. */
function stepCell(step: number, n: number): string {
  return n === 0 ? (step + 1).toString() : '';
}

function likelyCells(likely: LikelyTokens | undefined, n: number): [token: string, p: string] {
  const p = likely?.probabilities[n] ?? 0;
  return [visibleToken(likely?.texts[n] ?? ''), `${(100 * p).toFixed(1)}%`];
}

/** The rank under the other model, and how many places lower (↓) or higher (↑) that is. */
function rankCell(own: number, other = own): string {
  if (other === own) return other.toString();
  return `${other} ${other > own ? '↓' : '↑'}${Math.abs(other - own)}`;
}
