import { expect, test } from 'vitest';
import { FeatureFilter, featureName } from '../../../src/host/display/features/featureFilter.ts';
import type { FilterRules } from '../../../src/host/display/features/featureFilter.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const sae = '/models/m/saes/blocks.2.hook_resid_post';
const densities: Readonly<Record<number, number>> = { 1: 0.001, 2: 0.02, 3: 0.6 };

function shown(rules: Partial<FilterRules>): readonly number[] {
  const filter = new FeatureFilter(
    { maxDensity: 100, hidden: [], ignoreBos: true, ...rules },
    (_, feature) => {
      const density = densities[feature];
      return density === undefined
        ? undefined
        : { feature: featureIndex(feature), density, maxActivation: 1, peakTokens: [] };
    },
  );
  return [1, 2, 3, 4].filter((feature) => filter.shows({ sae, feature: featureIndex(feature) }));
}

test('nothing is left out unless somebody wants it', () => {
  expect(shown({})).toEqual([1, 2, 3, 4]);
});

test('features that are active nearly everywhere can be left out; of unknown density none is', () => {
  expect(shown({ maxDensity: 2 })).toEqual([1, 2, 4]);
  expect(shown({ maxDensity: 1.9 })).toEqual([1, 4]);
  expect(shown({ maxDensity: 0 })).toEqual([4]);
});

test('features are hidden by name, whatever folder their SAE lies in', () => {
  expect(featureName({ sae, feature: featureIndex(2) })).toBe('blocks.2.hook_resid_post/2');
  expect(shown({ hidden: ['blocks.2.hook_resid_post/2', 'other/1', '3'] })).toEqual([1, 3, 4]);
});

test('neurons are hidden by the name that calls give them', () => {
  const neuron = { sae: 'neurons:blocks.1.mlp.hook_post', feature: featureIndex(5) };
  const hidden = [featureName(neuron)];
  const rules = { maxDensity: 100, hidden, ignoreBos: true };
  expect(hidden).toEqual(['neurons:blocks.1.mlp.hook_post/5']);
  expect(new FeatureFilter(rules, () => undefined).shows(neuron)).toBe(false);
});

test('the token that begins a text is left out, where the model has one', () => {
  const filter = (ignoreBos: boolean, bosId?: number): FeatureFilter =>
    new FeatureFilter({ maxDensity: 100, hidden: [], ignoreBos, bosId }, () => undefined);
  expect(filter(true, 1).showsOn(1)).toBe(false);
  expect(filter(true, 1).showsOn(2)).toBe(true);
  expect(filter(false, 1).showsOn(1)).toBe(true);
  expect(filter(true).showsOn(1)).toBe(true);
});
