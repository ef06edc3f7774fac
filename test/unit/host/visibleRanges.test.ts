import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinedRanges } from '../../../src/host/documents/visibleRanges.ts';

const range = fc
  .tuple(fc.nat(100_000), fc.nat(2000))
  .map(([start, length]) => ({ start, end: start + length }));

test('two editors side by side on the same lines look at one stretch', () => {
  const seen = { start: 100, end: 900 };
  expect(joinedRanges([seen, seen])).toEqual([seen]);
});

test('parts that lie near each other are one, parts far apart stay two', () => {
  const near = [
    { start: 0, end: 100 },
    { start: 250, end: 350 },
  ];
  expect(joinedRanges(near)).toEqual([{ start: 0, end: 350 }]);
  const far = [
    { start: 900_000, end: 902_000 },
    { start: 0, end: 2000 },
  ];
  expect(joinedRanges(far)).toEqual(far.toReversed());
});

test('an editor that shows nothing looks at nothing', () => {
  expect(joinedRanges([])).toEqual([]);
  expect(joinedRanges([{ start: 5, end: 5 }])).toEqual([]);
});

test('of too many parts the nearest ones become one', () => {
  const lines = [0, 10_000, 30_000, 31_000].map((start) => ({ start, end: start + 10 }));
  expect(joinedRanges(lines, 3)).toEqual([
    { start: 0, end: 10 },
    { start: 10_000, end: 10_010 },
    { start: 30_000, end: 31_010 },
  ]);
});

test('whatever is looked at is inside, in text order, few and without overlaps', () => {
  fc.assert(
    fc.property(
      fc.array(range, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (seen, most) => {
        const joined = joinedRanges(seen, most);
        expect(joined.length).toBeLessThanOrEqual(most);
        for (const { start, end } of seen.filter((one) => one.end > one.start)) {
          expect(joined.some((one) => one.start <= start && end <= one.end)).toBe(true);
        }
        for (const [n, right] of joined.entries()) {
          const left = joined[n - 1];
          if (left === undefined) continue;
          const together = left.end - left.start + (right.end - right.start);
          expect(right.start - left.end).toBeGreaterThan(together);
        }
      },
    ),
  );
});
