import { expect, test } from 'vitest';
import { FeatureBriefs } from '../../../src/host/display/featureBriefs.ts';
import { statusText } from '../../../src/host/display/statusText.ts';
import { actionsAfter } from '../../../src/host/failureActions.ts';
import type { FeatureBrief } from '../../../src/shared/engineProtocol.ts';
import { MonosemError, errorCodes } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const briefOf = (feature: number): FeatureBrief => ({
  feature: featureIndex(feature),
  density: 0.1,
  maxActivation: feature,
  peakTokens: [],
});

test('asks for unknown features only, each once', async () => {
  const asked: number[][] = [];
  const briefs = new FeatureBriefs((features) => {
    asked.push([...features]);
    return Promise.resolve([...features].map(briefOf));
  });
  await briefs.load([1, 2, 1]);
  await briefs.load([2, 3]);
  await briefs.load([1]);
  expect(asked).toEqual([[1, 2], [3]]);
  expect(briefs.get(3)?.maxActivation).toBe(3);
  briefs.clear();
  expect(briefs.get(3)).toBeUndefined();
});

test('an SAE without a feature store is asked once; other failures are passed on', async () => {
  let calls = 0;
  let error = new MonosemError('noFeatureStore', 'none');
  const briefs = new FeatureBriefs(() => {
    calls++;
    return Promise.reject(error);
  });
  await briefs.load([1]);
  await briefs.load([2]);
  expect(calls).toBe(1);
  expect(briefs.hasStore).toBe(false);
  briefs.clear();
  error = new MonosemError('engineStopped', 'stopped');
  await expect(briefs.load([1])).rejects.toBe(error);
});

test('answers about another model do not get mixed in', async () => {
  let answer: (briefs: readonly FeatureBrief[]) => void = () => undefined;
  const briefs = new FeatureBriefs(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const loading = briefs.load([1]);
  briefs.clear();
  answer([briefOf(1)]);
  await loading;
  expect(briefs.get(1)).toBeUndefined();
});

test('every failure offers something to do', () => {
  for (const code of errorCodes) {
    expect(actionsAfter(new MonosemError(code, 'x')).length).toBeGreaterThan(0);
  }
  expect(actionsAfter(new MonosemError('fileMissing', 'x'))[0]).toBe('openSettings');
  expect(actionsAfter(new TypeError('x'))[0]).toBe('restartEngine');
});

test('the status bar says what is going on', () => {
  const running = { isOn: true, engine: 'running' } as const;
  const reason = new MonosemError('tooLarge', 'The file has 900 KB.');
  expect(statusText({ ...running, analysis: { kind: 'analysing', done: 0.456 } }).text).toContain(
    '45 %',
  );
  expect(statusText({ ...running, analysis: { kind: 'ready', tokens: 1234 } }).tooltip).toContain(
    '1,234 tokens',
  );
  const skipped = statusText({ ...running, analysis: { kind: 'skipped', reason } });
  expect(skipped).toMatchObject({ severity: 'ok' });
  expect(skipped.tooltip).toContain(reason.message);
  expect(statusText({ ...running, analysis: { kind: 'failed', reason } }).severity).toBe('error');
  expect(statusText({ ...running, engine: 'givenUp', analysis: undefined }).severity).toBe('error');
  expect(statusText({ ...running, isOn: false, analysis: undefined }).tooltip).toContain('hidden');
});
