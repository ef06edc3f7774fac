import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsOf, surpriseLevel } from '../../../../src/host/display/painting/strength.ts';
import { boundaries, surprises } from '../../../../src/host/display/painting/tokensAlone.ts';
import { TokenTable } from '../../../../src/host/documents/tokenTable.ts';
import type { TokenRows } from '../../../../src/host/documents/tokenTable.ts';
import { levels } from '../../../../src/shared/themeColours.ts';
import { batchOf } from '../../host/batches.ts';
import type { Row } from '../../host/batches.ts';
import { factsOf, rowsOf, words } from './paintings.ts';

/** −ln of a probability. */
const lossOf = (probability: number): number => -Math.log(probability);

function rowsWithLosses(rows: readonly Row[], losses: readonly number[]): readonly TokenRows[] {
  const table = new TokenTable();
  table.insert({ ...batchOf(0, rows), losses: Float32Array.from(losses) }, 1);
  return table.rowsBetween(0, Number.MAX_SAFE_INTEGER);
}

test('surprise has absolute steps: 1, 3, 6 and 10 bits', () => {
  const below = [0.6, 1 / 4, 1 / 32, 1 / 512].map((p) => surpriseLevel(lossOf(p)));
  expect(below).toEqual([-1, 0, 1, 2]);
  // Half a probability is exactly one bit.
  const reached = [1 / 2, 1 / 8, 1 / 64, 1 / 1024].map((p) => surpriseLevel(lossOf(p) + 1e-12));
  expect(reached).toEqual([0, 1, 2, 3]);
  expect(bitsOf(lossOf(1 / 8))).toBeCloseTo(3, 12);
  expect(Math.max(...reached)).toBe(levels - 1);
});

test('expected tokens stay bare, and so do those of which nothing is known', () => {
  const rows: readonly Row[] = [
    [0, 2],
    [2, 5],
    [5, 8],
    [8, 11],
  ];
  const losses = [NaN, lossOf(0.9), lossOf(0.1), lossOf(1e-6)];
  const found = surprises(rowsWithLosses(rows, losses), factsOf('aabbbcatdog'));
  expect(words(found)).toEqual(['5-8:surprise@1', '8-11:surprise@3']);
  expect(found[1]?.strength).toBeCloseTo(lossOf(1e-6), 4);
  expect(surprises(rowsOf(rows), factsOf('aabbbcatdog'))).toEqual([]);
});

test('of tokens that share a character the most surprising one is painted', () => {
  const rows: readonly Row[] = [
    [0, 2],
    [0, 2],
    [0, 2],
  ];
  const found = surprises(rowsWithLosses(rows, [2, 8, 1]), factsOf('😀'));
  expect(words(found)).toEqual(['0-2:surprise@3']);
});

test('boundaries take turns, begin anew with every line, and leave line breaks out', () => {
  const text = 'The cat\nsat.\n\n  Then';
  const rows = rowsOf([
    [0, 3],
    [3, 7],
    [7, 8],
    [8, 11],
    [11, 12],
    [12, 16],
    [16, 20],
  ]);
  expect(words(boundaries(rows, factsOf(text)))).toEqual([
    '0-3:boundary@0',
    '3-7:boundary@1',
    '8-11:boundary@0',
    '11-12:boundary@1',
    '14-16:boundary@0',
    '16-20:boundary@1',
  ]);
});

test('tokens that share characters are one stretch, also where they do so in part', () => {
  const rows = rowsOf([
    [0, 1],
    [1, 4],
    [2, 4],
    [2, 4],
    [4, 5],
  ]);
  expect(words(boundaries(rows, factsOf('a 😀b')))).toEqual([
    '0-1:boundary@0',
    '1-4:boundary@1',
    '4-5:boundary@0',
  ]);
});

test('neighbours on one line never look the same, and an edit on a line changes no other line', () => {
  const line = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), line, (lines, other) => {
      const paint = (all: readonly (readonly number[])[]): readonly (readonly number[])[] => {
        const text = all.map((lengths) => 'x'.repeat(sum(lengths))).join('\n');
        const rows: Row[] = [];
        let at = 0;
        for (const lengths of all) {
          for (const length of lengths) rows.push([at, (at += length)]);
          rows.push([at, (at += 1)]);
        }
        const found = boundaries(rowsOf(rows), factsOf(`${text}\n`));
        return text.split('\n').map((_, n) => {
          const start = sum(all.slice(0, n).map((lengths) => sum(lengths) + 1));
          const end = start + sum(all[n] ?? []);
          const here = found.filter((each) => each.start >= start && each.end <= end);
          return here.map(({ paint: { level } }) => level);
        });
      };
      const before = paint(lines);
      for (const levelsOfLine of before) {
        expect(levelsOfLine).toEqual(levelsOfLine.map((_, n) => n % 2));
      }
      const after = paint([other, ...lines.slice(1)]);
      expect(after.slice(1)).toEqual(before.slice(1));
    }),
  );
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
