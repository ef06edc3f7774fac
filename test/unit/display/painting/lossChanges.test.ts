import { expect, test } from 'vitest';
import { lossChanges } from '../../../../src/host/display/painting/lossChanges.ts';
import { factsOf, rowsOf, words } from './paintings.ts';

const text = 'One two six';
const rows = rowsOf([
  [0, 3, 7, 2],
  [3, 7, 7, 2],
  [7, 11, 7, 2],
]);

test('tokens are harder or easier to predict, or hardly changed', () => {
  const changes = new Map([
    [3, 0.7],
    [7, -0.05],
  ]);
  const ablatedLoss = (start: number): { baseline: number; ablated: number } | undefined => {
    const change = changes.get(start);
    return change === undefined ? undefined : { baseline: 2, ablated: 2 + change };
  };
  // Blanks in front of words stay bare.
  expect(words(lossChanges(rows, factsOf(text, { ablatedLoss })))).toEqual([
    '4-7:harder@2',
    '8-11:easier@0',
  ]);
  expect(lossChanges(rows, factsOf(text))).toEqual([]);
});
