import { expect, test } from 'vitest';
import { rankFeatures } from '../../../src/host/display/features/featureRanking.ts';
import { paintTokens } from '../../../src/host/display/features/painting.ts';
import { levels, strengthLevel } from '../../../src/host/display/features/strength.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import type { Token } from '../../../src/host/documents/tokenTable.ts';
import { batchOf, readingIn } from '../host/batches.ts';
import type { Row } from '../host/batches.ts';

function tokens(rows: readonly Row[], topK = 1): readonly Token[] {
  const table = new TokenTable();
  table.insert(batchOf(0, rows, topK), 1);
  return table.all();
}

const unknown = (): undefined => undefined;

test('strength grows with the share of the maximum, within the levels', () => {
  const found = [0.01, 0.2, 0.4, 0.65, 1, 3].map((activation) => strengthLevel(activation, 1));
  expect(found).toEqual([0, 1, 2, 3, 3, 3]);
  expect(Math.max(...found)).toBe(levels - 1);
  expect(strengthLevel(0.5, 0)).toBe(3);
});

test('the top feature colours a token, against its known maximum', () => {
  const painted = paintTokens(tokens([[0, 4, 7, 2, 8, 1]], 2), 'Once', '/s', () => 8);
  expect(painted).toEqual([{ start: 0, end: 4, feature: 7, level: 1 }]);
});

test('only the SAE that is asked for is painted and ranked', () => {
  const second = readingIn([[0, 4, 3, 5]], 1, '/t');
  const table = new TokenTable();
  table.insert(batchOf(0, [[0, 4, 7, 2]], 1, [second]), 1);
  const painted = (sae: string): readonly number[] =>
    paintTokens(table.all(), 'Once', sae, unknown).map(({ feature }) => feature);
  expect(['/s', '/t', '/u'].map(painted)).toEqual([[7], [3], []]);
  expect(rankFeatures(table.all(), 1, '/t')).toEqual([{ feature: 3, activation: 5, isHere: true }]);
});

test('with no known maximum the strongest token in view is strong', () => {
  const painted = paintTokens(
    tokens([
      [0, 2, 7, 0.1],
      [2, 4, 7, 1],
    ]),
    'Once',
    '/s',
    unknown,
  );
  expect(painted.map(({ level }) => level)).toEqual([0, 3]);
});

test('blanks around a word are not painted, spaces alone are', () => {
  const painted = paintTokens(
    tokens([
      [0, 5, 7, 1],
      [5, 7, 7, 1],
      [7, 11, 7, 1],
    ]),
    ' a\tb\n  next',
    '/s',
    unknown,
  );
  expect(painted.map(({ start, end }) => [start, end])).toEqual([
    [1, 4],
    [5, 7],
    [7, 11],
  ]);
});

test('tokens without an active feature and bare line breaks stay unpainted', () => {
  const painted = paintTokens(
    tokens([
      [0, 1, 7, 0],
      [1, 4, 7, 1],
      [4, 5, 7, 1],
    ]),
    'a\r\n b',
    '/s',
    unknown,
  );
  expect(painted.map(({ start, end }) => [start, end])).toEqual([[4, 5]]);
});

test('tokens that split one character paint it once, in the colour of the strongest', () => {
  const painted = paintTokens(
    tokens([
      [0, 2, 5, 1],
      [0, 2, 6, 3],
      [0, 2, 7, 2],
    ]),
    '😀',
    '/s',
    unknown,
  );
  expect(painted).toMatchObject([{ start: 0, end: 2, feature: 6 }]);
});

test('features at the cursor come first in a list, then the strongest', () => {
  const ranked = rankFeatures(
    tokens(
      [
        [0, 4, 1, 9, 2, 1],
        [4, 8, 3, 2, 2, 1.5],
        [8, 9, 3, 5, 4, 0],
      ],
      2,
    ),
    6,
    '/s',
  );
  expect(ranked).toEqual([
    { feature: 3, activation: 2, isHere: true },
    { feature: 2, activation: 1.5, isHere: true },
    { feature: 1, activation: 9, isHere: false },
  ]);
});
