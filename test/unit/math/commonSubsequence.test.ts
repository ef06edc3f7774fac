import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestCommonSubsequence } from '../../../src/engine/math/commonSubsequence.ts';
import { Random } from '../../../src/engine/math/rng.ts';

const still = (): Promise<void> => Promise.resolve();

/** The textbook's table. */
function lengthOfLcs(a: Uint32Array, b: Uint32Array): number {
  let above = new Uint32Array(b.length + 1);
  for (const id of a) {
    const row = new Uint32Array(b.length + 1);
    for (const [j, other] of b.entries()) {
      row[j + 1] = id === other ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0);
    }
    above = row;
  }
  return above.at(-1) ?? 0;
}

async function expectLongest(a: Uint32Array, b: Uint32Array): Promise<void> {
  const { left, right } = await longestCommonSubsequence(a, b, still);
  expect(left.map((i) => a[i] ?? NaN)).toEqual(right.map((j) => b[j] ?? NaN));
  for (const indices of [left, right]) {
    expect(indices.every((index, i) => i === 0 || index > (indices[i - 1] ?? index))).toBe(true);
  }
  expect(left).toHaveLength(lengthOfLcs(a, b));
  const turned = await longestCommonSubsequence(b, a, still);
  expect([turned.left, turned.right]).toEqual([right, left]);
}

/** A sequence, and what some edits make of it. */
const edited = fc
  .record({
    start: fc.array(fc.nat(5), { maxLength: 300 }),
    edits: fc.array(
      fc.record({
        at: fc.nat(300),
        remove: fc.nat(40),
        insert: fc.array(fc.nat(9), { maxLength: 40 }),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ start, edits }) => {
    const end = [...start];
    for (const { at, remove, insert } of edits) end.splice(at, remove, ...insert);
    return [Uint32Array.from(start), Uint32Array.from(end)] as const;
  });

const unrelated = fc.tuple(
  fc.array(fc.nat(3), { maxLength: 200 }).map((ids) => Uint32Array.from(ids)),
  fc.array(fc.nat(6), { maxLength: 200 }).map((ids) => Uint32Array.from(ids)),
);

test.each([
  ['edited', edited],
  ['unrelated', unrelated],
] as const)('is as long as the table says, for %s sequences', async (_, pairs) => {
  await fc.assert(
    fc.asyncProperty(pairs, ([a, b]) => expectLongest(a, b)),
    { numRuns: 300, seed: 3 },
  );
});

test('of equal sequences it is all, and of strangers nothing', async () => {
  const ids = Uint32Array.from({ length: 1000 }, (_, i) => i % 7);
  const all = Uint32Array.from(ids.keys());
  expect(await longestCommonSubsequence(ids, ids, still)).toEqual({ left: all, right: all });
  const none = { left: new Uint32Array(0), right: new Uint32Array(0) };
  const strangers = ids.map((id) => id + 100);
  expect(await longestCommonSubsequence(ids, strangers, still)).toEqual(none);
  expect(await longestCommonSubsequence(ids, new Uint32Array(0), still)).toEqual(none);
});

test('lets others run while it takes long, and stops when they say so', async () => {
  const random = new Random(1);
  const draw = (): Uint32Array => Uint32Array.from({ length: 30_000 }, () => random.below(2000));
  const refusal = new Error('cancelled');
  const breath = (): Promise<void> => Promise.reject(refusal);
  await expect(longestCommonSubsequence(draw(), draw(), breath)).rejects.toBe(refusal);
});
