import { expect, test } from 'vitest';
import { FeatureBriefs } from '../../../src/host/display/features/featureBriefs.ts';
import type { FeatureBrief } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const briefOf = (feature: number): FeatureBrief => ({
  feature: featureIndex(feature),
  density: 0.1,
  maxActivation: feature,
  peakTokens: [],
});

test('asks for unknown features only, each once', async () => {
  const asked: (number | string)[][] = [];
  const briefs = new FeatureBriefs((sae, features) => {
    asked.push([sae, ...features]);
    return Promise.resolve([...features].map(briefOf));
  });
  await briefs.load('/s', [1, 2, 1]);
  await briefs.load('/s', [2, 3]);
  await briefs.load('/s', [1]);
  await briefs.load('/t', [3]);
  expect(asked).toEqual([
    ['/s', 1, 2],
    ['/s', 3],
    ['/t', 3],
  ]);
  expect(briefs.get('/s', 3)?.maxActivation).toBe(3);
  expect(briefs.get('/t', 1)).toBeUndefined();
  briefs.clear();
  expect(briefs.get('/s', 3)).toBeUndefined();
});

test('an SAE without a feature store is asked once; other failures are passed on', async () => {
  let calls = 0;
  let error = new MonosemError('noFeatureStore', 'none');
  const briefs = new FeatureBriefs(() => {
    calls++;
    return Promise.reject(error);
  });
  await briefs.load('/s', [1]);
  await briefs.load('/s', [2]);
  expect(calls).toBe(1);
  expect(briefs.hasStore('/s')).toBe(false);
  expect(briefs.hasStore('/t')).toBe(true);
  briefs.clear();
  error = new MonosemError('engineStopped', 'stopped');
  await expect(briefs.load('/s', [1])).rejects.toBe(error);
});

test('answers about another model do not get mixed in', async () => {
  let answer: (briefs: readonly FeatureBrief[]) => void = () => undefined;
  const briefs = new FeatureBriefs(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const loading = briefs.load('/s', [1]);
  briefs.clear();
  answer([briefOf(1)]);
  await loading;
  expect(briefs.get('/s', 1)).toBeUndefined();
});

test('how many are known grows with answers that say something new, and tells a fresh start', async () => {
  const briefs = new FeatureBriefs((_, features) => Promise.resolve(Array.from(features, briefOf)));
  await briefs.load('/s', [1, 2]);
  await briefs.load('/s', [2, 3]);
  await briefs.load('/t', [1]);
  expect(briefs.count).toBe(4);
  const { generation } = briefs;
  briefs.clear();
  expect(briefs.count).toBe(0);
  expect(briefs.generation).not.toBe(generation);
});
