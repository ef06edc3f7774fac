import { expect, test } from 'vitest';
import { heatOf, pins } from '../../../../src/host/display/painting/followed.ts';
import { paints } from '../../../../src/host/display/painting/paint.ts';
import { oneSae, readingIn } from '../../host/batches.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import { factsOf, rowsOf, words } from './paintings.ts';

const followed = { sae: oneSae, feature: featureIndex(7) };
const pin = (feature: number, slot: number, sae = oneSae) => ({
  sae,
  feature: featureIndex(feature),
  slot,
});

test('a heatmap shows one feature wherever it is among the strongest, in one hue', () => {
  const rows = rowsOf(
    [
      [0, 3, 5, 9, 7, 1],
      [3, 6, 5, 9, 6, 1],
      [6, 9, 7, 4, 6, 1],
    ],
    2,
  );
  const found = heatOf(rows, followed, factsOf('aaabbbccc'));
  expect(words(found)).toEqual(['0-3:7@1', '6-9:7@3']);
  expect(found.map(({ paint }) => paint)).toEqual([paints.heat(1), paints.heat(3)]);
  expect(found[0]?.paint.onRuler).toBe('monosem.heat.overviewRuler');
});

test('what somebody follows is shown whatever the filters of features say, but not below the threshold', () => {
  const rows = rowsOf([
    [0, 3, 7, 1],
    [3, 6, 7, 9],
  ]);
  const facts = factsOf('aaabbb', { shows: () => false, maximum: () => 10 });
  expect(words(heatOf(rows, followed, facts))).toEqual(['0-3:7@0', '3-6:7@3']);
  expect(words(heatOf(rows, followed, { ...facts, threshold: 20 }))).toEqual(['3-6:7@3']);
  const showsOn = (id: number): boolean => id !== 101;
  expect(words(heatOf(rows, followed, { ...facts, showsOn }))).toEqual(['0-3:7@0']);
});

test('the same number of another SAE is another feature', () => {
  const rows = rowsOf([[0, 3, 5, 1]], 1, [readingIn([[0, 3, 7, 1]], 1, '/t')]);
  expect(heatOf(rows, followed, factsOf('aaa'))).toEqual([]);
  expect(words(heatOf(rows, { ...followed, sae: '/t' }, factsOf('aaa')))).toEqual(['0-3:7@3']);
});

test('pinned features have the colours of their slots, the strongest of several wins', () => {
  const rows = rowsOf(
    [
      [0, 3, 5, 8, 7, 4],
      [3, 6, 5, 8, 6, 1],
      [6, 9, 7, 2, 6, 1],
    ],
    2,
  );
  const pinned = [pin(7, 0), pin(5, 13)];
  const maximum = (_: string, feature: number): number => (feature === 7 ? 4 : 80);
  const found = pins(rows, factsOf('aaabbbccc', { pinned, maximum }));
  expect(words(found)).toEqual(['0-3:7@3', '3-6:5@0', '6-9:7@2', '0-3:otherPins@0']);
  expect(found.map(({ paint }) => paint)).toEqual([
    paints.pin('standard', 0, 3),
    // Twelve colours, counted round.
    paints.pin('standard', 1, 0),
    paints.pin('standard', 0, 2),
    paints.otherPins,
  ]);
  expect(paints.pin('standard', 1, 0).onRuler).toBe('monosem.feature2.overviewRuler');
});

test('pinned features of several SAEs lie side by side', () => {
  const rows = rowsOf(
    [
      [0, 3, 5, 1],
      [3, 6, 9, 1],
    ],
    1,
    [
      readingIn(
        [
          [0, 3, 5, 2],
          [3, 6, 5, 1],
        ],
        1,
        '/t',
      ),
    ],
  );
  const pinned = [pin(5, 0), pin(5, 1, '/t')];
  const [first, second] = pins(rows, factsOf('aaabbb', { pinned }));
  expect(first?.feature).toMatchObject({ sae: '/s', feature: 5 });
  expect(second?.feature).toMatchObject({ sae: '/t', feature: 5 });
});

test('line breaks keep their marks', () => {
  const rows = rowsOf([
    [0, 1, 7, 1],
    [1, 3, 7, 1],
  ]);
  expect(words(heatOf(rows, followed, factsOf('a\r\n')))).toEqual(['0-1:7@3', '1-3:7@3']);
});
