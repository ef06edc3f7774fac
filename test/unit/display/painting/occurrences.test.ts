import { expect, test } from 'vitest';
import {
  occurrenceFrom,
  occurrencesOf,
} from '../../../../src/host/display/painting/occurrences.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import { oneSae } from '../../host/batches.ts';
import { factsOf, rowsOf } from './paintings.ts';

const ref = (feature: number) => ({ sae: oneSae, feature: featureIndex(feature) });
//            0123456789012345678901234
const text = 'One big cat and two dogs.';
const rows = rowsOf([
  [0, 3, 7, 1],
  [3, 7, 5, 1],
  [7, 11, 5, 1],
  [11, 15, 8, 1],
  [15, 19, 7, 1],
  [19, 24, 5, 9],
  [24, 25, 8, 1],
]);

test('adjacent active tokens are one occurrence, which begins at its first word', () => {
  expect(occurrencesOf(rows, [ref(5)], factsOf(text))).toEqual([
    { start: 4, end: 11 },
    { start: 20, end: 24 },
  ]);
  expect(occurrencesOf(rows, [ref(5), ref(7)], factsOf(text))).toEqual([
    { start: 0, end: 11 },
    { start: 16, end: 24 },
  ]);
});

test('what is not painted is no occurrence', () => {
  const facts = factsOf(text, { threshold: 50 });
  expect(occurrencesOf(rows, [ref(5)], facts)).toEqual([{ start: 20, end: 24 }]);
  expect(occurrencesOf(rows, [ref(4)], facts)).toEqual([]);
});

test('from one to the next and back, round the ends', () => {
  const found = occurrencesOf(rows, [ref(5)], factsOf(text));
  const from = (cursor: number, direction: 'next' | 'previous'): readonly unknown[] => {
    const there = occurrenceFrom(found, cursor, direction);
    return [there?.start, there?.hasWrapped];
  };
  expect(from(0, 'next')).toEqual([4, false]);
  expect(from(4, 'next')).toEqual([20, false]);
  expect(from(20, 'next')).toEqual([4, true]);
  expect(from(25, 'previous')).toEqual([20, false]);
  expect(from(20, 'previous')).toEqual([4, false]);
  expect(from(4, 'previous')).toEqual([20, true]);
  // Inside one: its beginning comes first on the way back.
  expect(from(6, 'previous')).toEqual([4, false]);
  expect(occurrenceFrom([], 3, 'next')).toBeUndefined();
});
