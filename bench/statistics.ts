// Medians and quartiles, and the ratio of two interleaved series.
import { aims, type BenchResult, type ResultName } from './result.ts';

/** Linear interpolation between the closest ranks; `share` in 0…1. NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quartiles(values: readonly number[]): [number, number] {
  return [quantile(values, 0.25), quantile(values, 0.75)];
}

/** Two series measured in turns, entry i of one right beside entry i of the other. */
export interface Pairs {
  readonly monosem: readonly number[];
  readonly reference: readonly number[];
}

export interface Comparison {
  readonly name: ResultName;
  readonly model: string;
  readonly unit: 'ms' | 'MB';
  /** What the two sides are, in a few words. */
  readonly monosem: string;
  readonly reference: string;
}

/** The ratio of the medians; its spread are the quartiles of the ratios of neighbours. */
export function compare(comparison: Comparison, { monosem, reference }: Pairs): BenchResult {
  const { name, model, unit } = comparison;
  const ratios = monosem.map((value, i) => value / (reference[i] ?? NaN));
  const ours = { what: comparison.monosem, median: median(monosem) };
  const theirs = { what: comparison.reference, median: median(reference) };
  return {
    ...{ name, model, unit, monosem: ours, reference: theirs, ...withAim(name) },
    value: ours.median / theirs.median,
    spread: quartiles(ratios),
    rounds: ratios.length,
  };
}

export interface Single {
  readonly name: ResultName;
  readonly model?: string;
  /** What was measured, in a few words. */
  readonly what: string;
  readonly unit: 'ms' | 'MB';
}

/** One series that is compared with nothing: its value is its median. */
export function single({ what, ...about }: Single, values: readonly number[]): BenchResult {
  const value = median(values);
  return {
    ...about,
    ...withAim(about.name),
    monosem: { what, median: value },
    value,
    spread: quartiles(values),
    rounds: values.length,
  };
}

/** What a measurement should stay below, where that was said beforehand. */
function withAim(name: ResultName): { readonly aim?: number } {
  const aim = aims[name];
  return aim === undefined ? {} : { aim };
}

/** Milliseconds `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs both in turns, A B A B …, so that whatever else the machine does meets both; the first rounds do not count. */
export async function interleave(
  monosem: () => Promise<unknown>,
  reference: () => Promise<unknown>,
  { warmUp, rounds }: { readonly warmUp: number; readonly rounds: number },
): Promise<Pairs> {
  const pairs = { monosem: [] as number[], reference: [] as number[] };
  for (let round = -warmUp; round < rounds; round++) {
    const ours = await timed(monosem);
    const theirs = await timed(reference);
    if (round < 0) continue;
    pairs.monosem.push(ours);
    pairs.reference.push(theirs);
  }
  return pairs;
}
