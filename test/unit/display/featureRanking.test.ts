import { expect, test } from 'vitest';
import { rankFeatures } from '../../../src/host/display/features/featureRanking.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import { batchOf, readingIn } from '../host/batches.ts';

test('features at the cursor come first in a list, then the strongest', () => {
  const table = new TokenTable();
  table.insert(
    batchOf(
      0,
      [
        [0, 4, 1, 9, 2, 1],
        [4, 8, 3, 2, 2, 1.5],
        [8, 9, 3, 5, 4, 0],
      ],
      2,
    ),
    1,
  );
  expect(rankFeatures(table.all(), 6, '/s')).toEqual([
    { feature: 3, activation: 2, isHere: true },
    { feature: 2, activation: 1.5, isHere: true },
    { feature: 1, activation: 9, isHere: false },
  ]);
});

test('only the SAE that is asked for is ranked', () => {
  const table = new TokenTable();
  table.insert(batchOf(0, [[0, 4, 7, 2]], 1, [readingIn([[0, 4, 3, 5]], 1, '/t')]), 1);
  expect(rankFeatures(table.all(), 1, '/t')).toEqual([{ feature: 3, activation: 5, isHere: true }]);
});
