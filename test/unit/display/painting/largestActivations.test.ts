import { expect, test } from 'vitest';
import {
  LargestActivations,
  largestActivations,
} from '../../../../src/host/display/painting/largestActivations.ts';
import { TokenTable } from '../../../../src/host/documents/tokenTable.ts';
import { batchOf, oneSae, readingIn } from '../../host/batches.ts';
import type { Row } from '../../host/batches.ts';

/** Many features, each on several tokens, with activations of its own. */
const rows = Array.from({ length: 60 }, (_, n): Row => [n, n + 1, n % 23, 1 + ((n * 7) % 60)]);

test('of few features and of many: the same as of a table, whatever part of a batch is asked for', () => {
  const table = new TokenTable();
  table.insert(batchOf(0, rows.slice(0, 30)), 1);
  table.insert(batchOf(30, rows.slice(30)), 1);
  const largest = new LargestActivations();
  for (const [start, end] of [
    [0, 60],
    [0, 60],
    [5, 41],
    [29, 31],
  ] as const) {
    const some = table.rowsBetween(start, end);
    const among = largest.among(some);
    const expected = largestActivations(some, oneSae);
    for (let feature = 0; feature < 30; feature++) {
      expect(among(oneSae, feature)).toBe(expected.get(feature) ?? 0);
    }
  }
});

test('each SAE has its own features; of one that did not read the rows none is active', () => {
  const other = readingIn([[0, 1, 5, 9]], 1, '/t');
  const table = new TokenTable();
  table.insert(batchOf(0, [[0, 1, 5, 2]], 1, [other]), 1);
  const among = new LargestActivations().among(table.rows);
  expect(among(oneSae, 5)).toBe(2);
  expect(among('/t', 5)).toBe(9);
  expect(among('/u', 5)).toBe(0);
});
