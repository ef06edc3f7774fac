import { expect, test } from 'vitest';
import { foundFeatures } from '../../../src/host/display/features/featureSearch.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const tokens: readonly (readonly string[])[] = [
  [' swimming', ' swam'],
  [' swim'],
  [' Swim', ' pool'],
  [],
  [' cat'],
];
const sae = {
  features: 30,
  brief: (feature: number) =>
    tokens[feature] && {
      feature: featureIndex(feature),
      ...{ density: feature / 100, maxActivation: 1, peakTokens: tokens[feature] },
    },
};

test('features are found by words, those of the very word first, then those that fire most', () => {
  expect(foundFeatures('swim', sae, 10)).toEqual([2, 1, 0]);
  expect(foundFeatures('SWIM pool', sae, 10)).toEqual([2]);
  expect(foundFeatures('swim', sae, 1)).toEqual([2]);
  expect(foundFeatures('dog', sae, 10)).toEqual([]);
});

test('and by the begin of their numbers, with or without a label', () => {
  expect(foundFeatures('2', sae, 5)).toEqual([2, 20, 21, 22, 23]);
  expect(foundFeatures('#29', sae, 5)).toEqual([29]);
});

test('nothing typed finds nothing', () => {
  expect(foundFeatures('  ', sae, 5)).toEqual([]);
});
