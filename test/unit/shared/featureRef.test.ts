import { expect, test } from 'vitest';
import { featureKey, saeLabels, sameFeature } from '../../../src/shared/featureRef.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const sae = (place: string, site: string, name: string) => ({ sae: place, site, name });

test('a feature is its number and its SAE', () => {
  const at = (place: string, feature: number) => ({ sae: place, feature: featureIndex(feature) });
  expect(sameFeature(at('/a', 1), at('/a', 1))).toBe(true);
  expect(sameFeature(at('/a', 1), at('/b', 1))).toBe(false);
  const keys = [at('/a', 1), at('/b', 1), at('/a', 11), at('1 /a', 1)].map(featureKey);
  expect(new Set(keys).size).toBe(4);
});

test('an SAE is called by its site, and by as much more as it takes', () => {
  const labels = saeLabels([
    sae('/m/saes/a', 'blocks.1.hook_resid_post', 'a'),
    sae('/m/saes/b', 'blocks.2.hook_resid_post', 'b'),
    sae('/m/saes/c', 'blocks.2.hook_resid_post', 'c'),
    sae('/x/c', 'blocks.3.hook_resid_post', 'c'),
    sae('/y/c', 'blocks.3.hook_resid_post', 'c'),
  ]);
  expect([...labels.values()]).toEqual([
    'blocks.1.hook_resid_post',
    'blocks.2.hook_resid_post · b',
    'blocks.2.hook_resid_post · c',
    'blocks.3.hook_resid_post · /x/c',
    'blocks.3.hook_resid_post · /y/c',
  ]);
});
