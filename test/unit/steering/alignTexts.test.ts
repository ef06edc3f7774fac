import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignTexts } from '../../../src/engine/steering/alignTexts.ts';
import type { AlignedRun } from '../../../src/shared/engineProtocol.ts';

const still = (): Promise<void> => Promise.resolve();

/** The textbook's recursion from the end, each pair of remainders once. */
function lengthOfLcs(a: readonly number[], b: readonly number[]): number {
  const known = new Map<string, number>();
  const of = (i: number, j: number): number => {
    if (i === a.length || j === b.length) return 0;
    const key = `${i} ${j}`;
    const length =
      known.get(key) ??
      (a[i] === b[j] ? 1 + of(i + 1, j + 1) : Math.max(of(i + 1, j), of(i, j + 1)));
    known.set(key, length);
    return length;
  };
  return of(0, 0);
}

/** The tokens that runs stand for. */
const textOf = (
  runs: readonly AlignedRun[],
  a: readonly number[],
  b: readonly number[],
): number[] => runs.flatMap(({ kind, from, to }) => (kind === 'steered' ? b : a).slice(from, to));

const text = fc.array(fc.nat(4), { maxLength: 40 });

test('runs put together are both texts, what is equal is a longest common part', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, text, async (start, restA, restB) => {
      const [a, b] = [
        [...start, ...restA],
        [...start, ...restB],
      ];
      const runs = await alignTexts(Uint32Array.from(a), Uint32Array.from(b), still);
      const without = (kind: AlignedRun['kind']): AlignedRun[] =>
        runs.filter((run) => run.kind !== kind);
      expect(textOf(without('steered'), a, b)).toEqual(a);
      expect(textOf(without('baseline'), a, b)).toEqual(b);
      const equal = runs.filter(({ kind }) => kind === 'equal');
      expect(textOf(equal, a, b)).toHaveLength(lengthOfLcs(a, b));
      for (const [i, run] of runs.entries()) {
        expect(run.to).toBeGreaterThan(run.from);
        // Runs are as long as they can be, and of two that stand in one place the baseline's is first.
        expect(run.kind).not.toBe(runs[i + 1]?.kind);
        if (run.kind === 'steered') expect(runs[i + 1]?.kind).not.toBe('baseline');
      }
    }),
    { numRuns: 500, seed: 10 },
  );
});

const examples: readonly {
  readonly title: string;
  readonly texts: readonly [baseline: readonly number[], steered: readonly number[]];
  readonly runs: readonly (readonly [AlignedRun['kind'], number, number])[];
}[] = [
  {
    title: 'equal',
    texts: [
      [1, 2, 3],
      [1, 2, 3],
    ],
    runs: [['equal', 0, 3]],
  },
  { title: 'empty', texts: [[], []], runs: [] },
  { title: 'one empty', texts: [[], [7]], runs: [['steered', 0, 1]] },
  {
    title: 'one longer',
    texts: [
      [1, 2],
      [1, 2, 3],
    ],
    runs: [
      ['equal', 0, 2],
      ['steered', 2, 3],
    ],
  },
  {
    title: 'strangers',
    texts: [[1, 2], [3]],
    runs: [
      ['baseline', 0, 2],
      ['steered', 0, 1],
    ],
  },
  {
    title: 'changed in the middle',
    texts: [
      [1, 2, 3, 4, 5],
      [1, 9, 9, 4, 5],
    ],
    runs: [
      ['equal', 0, 1],
      ['baseline', 1, 3],
      ['steered', 1, 3],
      ['equal', 3, 5],
    ],
  },
  {
    title: 'inserted',
    texts: [
      [1, 2],
      [1, 5, 2],
    ],
    runs: [
      ['equal', 0, 1],
      ['steered', 1, 2],
      ['equal', 1, 2],
    ],
  },
];

test.each(examples)('$title', async ({ texts, runs }) => {
  const [baseline, steered] = texts.map((ids) => Uint32Array.from(ids));
  if (baseline === undefined || steered === undefined) throw new Error('two texts');
  const aligned = await alignTexts(baseline, steered, still);
  expect(aligned).toEqual(runs.map(([kind, from, to]) => ({ kind, from, to })));
});
