import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenTable, readingOf } from '../../../src/host/documents/tokenTable.ts';
import { batchOf, letters, readingIn, summaryOf } from './batches.ts';

const ranges = (table: TokenTable): string =>
  table
    .all()
    .map(({ start, end, readings }) => `${start}-${end}:${readings[0]?.features[0] ?? ''}`)
    .join(' ');

test('batches that arrive out of order are kept in text order', () => {
  const table = new TokenTable();
  table.insert(letters(4, 4, 2, 7), 1);
  table.insert(letters(0, 0, 2, 7), 1);
  expect(table.all().map(({ index }) => index)).toEqual([0, 1, 4, 5]);
  expect(table.count).toBe(4);
});

test('a token knows its id and its slots', () => {
  const table = new TokenTable();
  table.insert(batchOf(3, [[0, 2, 9, 1.5, 8, 0.5]], 2), 1);
  expect(table.all()).toEqual([
    {
      index: 3,
      id: 103,
      start: 0,
      end: 2,
      readings: [
        {
          sae: '/s',
          topK: 2,
          features: Uint32Array.of(9, 8),
          activations: Float32Array.of(1.5, 0.5),
        },
      ],
    },
  ]);
});

test('a token has one reading per SAE, each with its own number of slots', () => {
  const second = readingIn(
    [
      [0, 2, 5, 3, 6, 2],
      [2, 3, 7, 1],
    ],
    2,
    '/t',
  );
  const table = new TokenTable();
  table.insert(
    batchOf(
      0,
      [
        [0, 2, 9, 1.5],
        [2, 3, 8, 1],
      ],
      1,
      [second],
    ),
    1,
  );
  table.edit({ offset: 0, removed: 0, inserted: 4 });
  const [first, last] = table.all();
  if (first === undefined || last === undefined) throw new Error('no tokens');
  expect(first.readings.map(({ sae }) => sae)).toEqual(['/s', '/t']);
  expect(readingOf(first, '/t')?.features).toEqual(Uint32Array.of(5, 6));
  expect(readingOf(last, '/s')?.activations).toEqual(Float32Array.of(1));
  expect(readingOf(last, '/t')?.activations).toEqual(Float32Array.of(1, 0));
  expect(readingOf(last, '/u')).toBeUndefined();
});

test('an insertion between tokens moves the later ones', () => {
  const table = new TokenTable();
  table.insert(letters(0, 0, 4, 1), 1);
  table.edit({ offset: 2, removed: 0, inserted: 3 });
  expect(ranges(table)).toBe('0-1:1 1-2:1 5-6:1 6-7:1');
});

test('a change inside a token forgets that token only', () => {
  const table = new TokenTable();
  table.insert(
    batchOf(0, [
      [0, 3, 1, 1],
      [3, 6, 2, 1],
      [6, 9, 3, 1],
    ]),
    1,
  );
  table.edit({ offset: 4, removed: 1, inserted: 0 });
  expect(ranges(table)).toBe('0-3:1 5-8:3');
});

test('a new run displaces what an old one knew of the same stretch, and finish drops the rest', () => {
  const table = new TokenTable();
  table.insert(letters(0, 0, 6, 1), 1);
  table.insert(letters(2, 2, 2, 2), 2);
  expect(ranges(table)).toBe('0-1:1 1-2:1 2-3:2 3-4:2 4-5:1 5-6:1');
  table.finish(2, summaryOf(0).kept);
  expect(ranges(table)).toBe('2-3:2 3-4:2');
});

test('tokens of one run that share a character over two batches are all kept', () => {
  const table = new TokenTable();
  table.insert(
    batchOf(0, [
      [0, 1, 1, 1],
      [1, 3, 2, 1],
    ]),
    1,
  );
  table.insert(
    batchOf(2, [
      [1, 3, 3, 1],
      [3, 4, 4, 1],
    ]),
    1,
  );
  expect(table.at(2).map(({ index }) => index)).toEqual([1, 2]);
  expect(table.count).toBe(4);
});

test('lookup covers the ends of a token as editors do: start inside, end outside', () => {
  const table = new TokenTable();
  table.insert(batchOf(0, [[2, 5, 1, 1]]), 1);
  expect([1, 2, 4, 5].map((offset) => table.at(offset).length)).toEqual([0, 1, 1, 0]);
});

test('after any edits, tokens still stand on the text they were made of', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(6),
    inserted: fc.nat(6),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      // Every character is unique, so that a token can be recognised by its text.
      let text = Array.from({ length: 40 }, (_, i) => String.fromCharCode(0x4e00 + i)).join('');
      const original = text;
      const table = new TokenTable();
      table.insert(letters(0, 0, 20, 1), 1);
      table.insert(letters(20, 20, 20, 1), 1);
      for (const { at, removed, inserted } of changes) {
        const offset = Math.floor(at * text.length);
        const actual = Math.min(removed, text.length - offset);
        text = text.slice(0, offset) + '+'.repeat(inserted) + text.slice(offset + actual);
        table.edit({ offset, removed: actual, inserted });
      }
      for (const { index, start, end } of table.all()) {
        expect(text.slice(start, end)).toBe(original.charAt(index));
      }
      expect(table.count).toBe(text.replaceAll('+', '').length);
    }),
  );
});

test('batches that still hold are moved to where they now stand; others are stale', () => {
  const table = new TokenTable();
  const [a, b, c] = [letters(0, 0, 3, 1), letters(3, 3, 3, 2), letters(6, 6, 3, 3)];
  for (const batch of [a, b, c]) table.insert(batch, 1);
  expect([...table.tell()]).toEqual([a.key, b.key, c.key]);
  table.edit({ offset: 1, removed: 0, inserted: 2 });
  table.edit({ offset: 2, removed: 1, inserted: 0 });
  expect([...table.tell()]).toEqual([b.key, c.key]);
  table.insert(letters(0, 0, 4, 9), 2);
  table.finish(2, {
    keys: Float64Array.of(c.key),
    froms: Uint32Array.of(7),
    starts: Uint32Array.of(7),
  });
  expect(table.all().map(({ start, index }) => [start, index])).toEqual([
    ...[0, 1, 2, 3].map((at) => [at, at]),
    ...[7, 8, 9].map((at) => [at, at]),
  ]);
});

test('tokens that begin in a stretch are counted as listing them would', () => {
  const length = 30;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(length), fc.nat(3), fc.nat(3)), { maxLength: 4 }),
      fc.nat(2 * length),
      fc.nat(2 * length),
      (changes, a, b) => {
        const table = new TokenTable();
        // Two tokens share every third character.
        const rows = Array.from({ length }, (_, i): [number, number] => [i, i + 1]).flatMap(
          (row) => (row[0] % 3 === 0 ? [row, row] : [row]),
        );
        table.insert(batchOf(0, rows.slice(0, 17)), 1);
        table.insert(batchOf(17, rows.slice(17)), 1);
        for (const [offset, removed, inserted] of changes) {
          table.edit({ offset, removed, inserted });
        }
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const listed = table.all().filter((token) => token.start >= start && token.start < end);
        expect(table.countStarting(start, end)).toBe(listed.length);
      },
    ),
  );
});
