import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addedCounts,
  addedLosses,
  meanLossOf,
  readRanking,
  scoreOf,
} from '../../../src/host/display/features/featureRankings.ts';
import { selecting } from '../../../src/host/display/features/featureSelection.ts';
import type {
  Selection,
  SelectionRules,
} from '../../../src/host/display/features/featureSelection.ts';
import type { FeatureSum, TextSums } from '../../../src/host/display/features/featureSums.ts';
import { asksForLabels, matcherOf } from '../../../src/host/display/features/featureWords.ts';
import { atOnce, brief, sum } from './sums.ts';

const noDensity = (): undefined => undefined;

test('rankings have names, and nothing else is one', () => {
  expect(['total', 'surprise', 'density'].map(readRanking)).toEqual([
    'total',
    'surprise',
    'density',
  ]);
  for (const other of ['', 'Total', 1, undefined, {}, 'constructor'])
    expect(readRanking(other)).toBeUndefined();
});

test('surprise is the loss where a feature is active, by activation, drawn to the mean of the file', () => {
  // Activations 1 and 3 on tokens with the losses 2 and 6: (1·2 + 3·6) ÷ 4 = 5.
  const feature = sum(7, { tokens: 2, total: 4, lossWeight: 4, lossTotal: 20 });
  expect(meanLossOf(feature)).toBe(5);
  const score = scoreOf(feature, 'surprise', { tokens: 9, meanLoss: 2 }, noDensity);
  expect(score).toBeCloseTo((2 * 5 + addedLosses * 2) / (2 + addedLosses), 12);
  expect(scoreOf(feature, 'surprise', { tokens: 9 }, noDensity)).toBeUndefined();
  expect(scoreOf(sum(7), 'surprise', { tokens: 9, meanLoss: 2 }, noDensity)).toBeUndefined();
});

test('one token with a large loss does not outrank many with a fairly large one', () => {
  const text = { tokens: 1000, meanLoss: 2 };
  const once = sum(1, { tokens: 1, lossWeight: 1, lossTotal: 12 });
  const often = sum(2, { tokens: 60, lossWeight: 60, lossTotal: 60 * 6 });
  const [a, b] = [once, often].map((each) => scoreOf(each, 'surprise', text, noDensity));
  expect(a).toBeLessThan(b ?? 0);
});

test('the density ratio is what is counted by what is expected, both with a little added', () => {
  const score = (tokens: number, density: number | undefined): number | undefined =>
    scoreOf(sum(3, { tokens }), 'density', { tokens: 200 }, () => density);
  expect(score(40, 0.05)).toBeCloseTo((40 + addedCounts) / (10 + addedCounts), 12);
  expect(score(10, 0.05)).toBeCloseTo(1, 12);
  // Seen once, and the corpus does not know it: no ranking is made of that.
  expect(score(1, 0)).toBeLessThan(score(40, 0.05) ?? 0);
  expect(score(1, undefined)).toBeUndefined();
});

test('the density ratio grows with occurrences, shrinks with density, and is always a positive number', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), share, fc.nat(5000), (tokens, density, more) => {
      const all = tokens + more;
      const ratio = (count: number, of: number): number =>
        scoreOf(sum(1, { tokens: count }), 'density', { tokens: all }, () => of) ?? NaN;
      expect(ratio(tokens, density)).toBeGreaterThan(0);
      expect(ratio(tokens, density)).toBeLessThan(Infinity);
      expect(ratio(tokens + 1, density)).toBeGreaterThan(ratio(tokens, density));
      expect(ratio(tokens, Math.min(1, density + 0.1))).toBeLessThanOrEqual(ratio(tokens, density));
    }),
  );
});

const selectFeatures = (text: TextSums, rules: SelectionRules): Selection =>
  atOnce(selecting(text, rules));

const rules: SelectionRules = {
  ranking: 'total',
  words: '',
  most: 10,
  shows: () => true,
  brief: () => undefined,
};

test('the first ones by rank are those that sorting everything gives, equal ones in an order of their own', () => {
  const sums = fc
    .uniqueArray(fc.tuple(fc.nat(500), fc.nat(6)), { selector: ([id]) => id, maxLength: 80 })
    .map((pairs) => pairs.map(([id, total]) => sum(id, { total })));
  fc.assert(
    fc.property(sums, fc.integer({ min: 1, max: 20 }), (features, most) => {
      const { listed, fitting } = selectFeatures({ tokens: 99, features }, { ...rules, most });
      const sorted = features.toSorted((a, b) => b.total - a.total || a.feature - b.feature);
      const ids = (of: readonly FeatureSum[]): readonly number[] =>
        of.map(({ feature }) => feature);
      expect(ids(listed)).toEqual(ids(sorted).slice(0, most));
      expect(fitting).toBe(features.length);
      const shuffled = { tokens: 99, features: features.toReversed() };
      expect(selectFeatures(shuffled, { ...rules, most }).listed).toEqual(listed);
    }),
  );
});

test('what the settings leave out, what was typed and what has no rank are counted apart', () => {
  const features = [sum(1), sum(2), sum(3), sum(4)];
  const known = [brief(1, 0.1, ' rain'), brief(2, 0.1, ' storm'), brief(3, 0.1, ' rain')];
  const selection = selectFeatures(
    { tokens: 10, features },
    {
      ...rules,
      ranking: 'density',
      words: 'RAIN',
      shows: (feature) => feature !== 3,
      brief: (feature) => known.find((each) => Number(each.feature) === feature),
    },
  );
  expect(selection.listed.map(({ feature }) => feature)).toEqual([1]);
  expect(selection).toMatchObject({ fitting: 1, active: 3, leftOut: 1, unranked: 1 });
});

test.each([
  ['57', true],
  ['#57', true],
  ['#5', true],
  ['  5 ', true],
  ['#', true],
  ['', true],
  ['7', false],
  ['157', false],
  ['rain', true],
  ['STO', true],
  ['rain sto', true],
  ['rain 5', true],
  ['rain snow', false],
  ['rain 6', false],
  ['(', false],
])('feature 57, which stands for rain and storm: %j fits: %j', (typed, fits) => {
  expect(matcherOf(typed)(57, () => brief(57, 0, ' Rain', ' storm'))).toBe(fits);
});

test('labels are needed for words alone', () => {
  expect(['', ' ', '57', '#5 7', '#'].map(asksForLabels)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(['rain', '5 rain', '#a'].map(asksForLabels)).toEqual([true, true, true]);
  // What nobody types takes no longer than anything else.
  expect(asksForLabels(`${'#1 '.repeat(50_000)}!`)).toBe(true);
  expect(matcherOf('rain')(57, () => undefined)).toBe(false);
});
