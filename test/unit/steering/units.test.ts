import { expect, test } from 'vitest';
import { resolveUnits } from '../../../src/engine/steering/units.ts';
import type { FeatureRef, SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const ref = (feature: number): FeatureRef => ({ sae: '/sae', feature: featureIndex(feature) });
/** The largest activation of feature n is n. */
const maxOf = ({ feature }: FeatureRef): Promise<number> => Promise.resolve(feature);

test('multiples of the largest activation become activations', async () => {
  const positions = { scope: 'prompt' } as const;
  const edits: SteerEdit[] = [
    { ...ref(3), operation: 'clamp', amount: 2, unit: 'max', positions, onlyActive: true },
    { ...ref(5), operation: 'add', amount: -0.5, unit: 'max' },
  ];
  const unit = 'activation';
  expect(await resolveUnits(edits, maxOf)).toEqual([
    { ...ref(3), operation: 'clamp', amount: 6, unit, positions, onlyActive: true },
    { ...ref(5), operation: 'add', amount: -2.5, unit },
  ]);
});

test('everything else stays as it is, and nothing is looked up for it', async () => {
  const along = { site: 'blocks.0.hook_resid_post', direction: Float32Array.of(1) };
  const edits: SteerEdit[] = [
    { ...ref(3), operation: 'ablate' },
    { ...ref(3), operation: 'scale', amount: 2 },
    { ...ref(3), operation: 'clamp', amount: 2 },
    { ...ref(3), operation: 'add', amount: 2, unit: 'activation' },
    { ...ref(3), operation: 'add', amount: 2, unit: 'residual' },
    { ...ref(3), operation: 'project', amount: 0 },
    { ...along, operation: 'add', amount: 2, unit: 'residual' },
    { ...along, operation: 'cap', amount: 2 },
  ];
  const refuse = (): Promise<never> => Promise.reject(new Error('looked up'));
  const resolved = await resolveUnits(edits, refuse);
  expect(resolved).toHaveLength(edits.length);
  for (const [i, edit] of resolved.entries()) expect(edit).toBe(edits[i]);
});

test('a feature without a largest activation is refused', async () => {
  const unknown = new MonosemError('noFeatureStore', 'none');
  const edit = { ...ref(3), operation: 'clamp', amount: 1, unit: 'max' } as const;
  await expect(resolveUnits([edit], () => Promise.reject(unknown))).rejects.toBe(unknown);
});
