// The steering session with answers made up here, because the order of events is what matters.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FeatureBriefs } from '../../../src/host/display/features/featureBriefs.ts';
import type { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { SteerSession, defaultSteerSettings } from '../../../src/host/views/steerSession.ts';
import type { SteerStart } from '../../../src/host/views/steerSession.ts';
import type { FeatureRef, SteerStep } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import type { ToSteerView } from '../../../src/shared/webviewProtocol.ts';

const at = (sae: string, feature: number): FeatureRef => ({ sae, feature: featureIndex(feature) });

interface Options {
  readonly onProgress?: (step: SteerStep) => void;
  readonly signal: AbortSignal;
}

function session(steer: (options: Options) => Promise<void>): {
  made: SteerSession;
  sent: ToSteerView[];
} {
  const sent: ToSteerView[] = [];
  const answers: Record<string, (options: Options) => Promise<unknown>> = {
    describe: () =>
      Promise.resolve({
        model: { name: 'm', hasChatTemplate: true },
        saes: [
          { sae: '/s', name: 's', site: 'x', features: 100 },
          { sae: '/t', name: 't', site: 'y', features: 10 },
        ],
      }),
    activeFeatures: () =>
      Promise.resolve([
        { ...at('/s', 7), total: 3, max: 2, peakToken: 'cat' },
        { ...at('/t', 7), total: 9, max: 6, peakToken: 'dog' },
      ]),
    steer: async (options) => {
      await steer(options);
      return { samples: [] };
    },
  };
  const call = (name: string, _params: unknown, options: Options): Promise<unknown> =>
    answers[name]?.(options) ?? Promise.reject(new Error(name));
  const made = new SteerSession(start, {
    engine: { call } as unknown as EngineClient,
    briefs: new FeatureBriefs(() => Promise.reject(new MonosemError('noFeatureStore', 'none'))),
    source: () => Promise.resolve({ model: '/m', saes: ['/s', '/t'] }),
    post: (message) => sent.push(message),
    canInsert: () => true,
    canReplace: () => false,
    isLive: () => true,
  });
  return { made, sent };
}

const start: SteerStart = {
  prompt: 'Once',
  features: [],
  edits: [],
  settings: defaultSteerSettings,
};
const step = (n: number): SteerStep => ({ sample: 0, step: n, kl: 0 });
const kinds = (sent: readonly ToSteerView[]): readonly string[] => sent.map(({ kind }) => kind);

test('opening shows the features of the prompt, also without a feature store', async () => {
  const { made, sent } = session(() => Promise.resolve());
  const edit = { ...at('/s', 5), operation: 'ablate' } as const;
  await made.open({ ...start, features: [at('/s', 3)], edits: [edit] });
  expect(kinds(sent)).toEqual(['loading', 'state']);
  expect(sent[1]).toMatchObject({
    prompt: 'Once',
    canInsert: true,
    features: [
      { sae: '/s', brief: { feature: 3, maxActivation: 0 }, promptMax: 0 },
      { sae: '/s', brief: { feature: 5 }, promptMax: 0, edit },
      { sae: '/s', brief: { feature: 7, maxActivation: 2, peakTokens: ['cat'] }, promptMax: 2 },
      { sae: '/t', brief: { feature: 7, maxActivation: 6, peakTokens: ['dog'] }, promptMax: 6 },
    ],
  });
  sent.length = 0;
  made.resend();
  expect(kinds(sent)).toEqual(['state']);
});

test('a feature that does not exist is refused with a reason and not listed', async () => {
  const { made, sent } = session(() => Promise.resolve());
  await made.open(start);
  sent.length = 0;
  await made.addFeature(at('/s', 100));
  expect(kinds(sent)).toEqual(['loading', 'state', 'failed']);
  expect(sent[2]).toMatchObject({
    message: 'There is no feature 100 in s: choose one from 0 to 99.',
  });
  expect(made.start.features).toEqual([]);
});

test('features of the same number are one of each SAE, each within its own bounds', async () => {
  const { made, sent } = session(() => Promise.resolve());
  await made.open(start);
  await made.addFeature(at('/t', 3));
  await made.addFeature(at('/s', 3));
  expect(made.start.features).toEqual([at('/s', 3), at('/t', 3)]);
  const state = sent.findLast(({ kind }) => kind === 'state');
  expect(state).toMatchObject({
    saes: [
      { sae: '/s', name: 's', site: 'x', features: 100 },
      { sae: '/t', name: 't', site: 'y', features: 10 },
    ],
  });
  await made.addFeature(at('/t', 10));
  expect(sent.at(-1)).toMatchObject({
    message: 'There is no feature 10 in t: choose one from 0 to 9.',
  });
});

test('an SAE that is not active is refused in a sentence, and edits of its features are left out', async () => {
  const { made, sent } = session(() => Promise.resolve());
  const edit = { ...at('/gone', 5), operation: 'ablate' } as const;
  await made.open({ ...start, features: [at('/gone', 1)], edits: [edit] });
  expect(kinds(sent)).toEqual(['loading', 'state', 'failed']);
  const [, , failure] = sent;
  expect(failure?.kind === 'failed' && failure.message).toMatch(/^\/gone is not an active/);
  expect(sent[1]).toMatchObject({ features: [{ sae: '/s' }, { sae: '/t' }] });
});

test('a run streams its steps; a repeated run after a crash repeats none', async () => {
  const { made, sent } = session(({ onProgress }) => {
    for (const n of [0, 1, 0, 1, 2]) onProgress?.(step(n));
    onProgress?.({ ...step(0), sample: 1 });
    return Promise.resolve();
  });
  await made.run({ run: 1, ...start });
  expect(kinds(sent)).toEqual(['started', 'step', 'step', 'step', 'step', 'finished']);
});

test('stopping and running again mix nothing', async () => {
  const { made, sent } = session(async ({ onProgress, signal }) => {
    onProgress?.(step(0));
    await sleep(20);
    onProgress?.(step(1));
    if (signal.aborted) throw new MonosemError('cancelled', 'cancelled');
  });
  const first = made.run({ run: 4, ...start });
  await sleep(5);
  const second = made.run({ run: 5, ...start });
  await Promise.all([first, second]);
  expect(sent).toEqual([
    { kind: 'started', run: 4 },
    { kind: 'step', run: 4, step: step(0) },
    { kind: 'stopped', run: 4 },
    { kind: 'started', run: 5 },
    { kind: 'step', run: 5, step: step(0) },
    { kind: 'step', run: 5, step: step(1) },
    { kind: 'finished', run: 5, samples: [] },
  ]);
});

test('a failed run says why; another prompt brings other features', async () => {
  const { made, sent } = session(() => Promise.reject(new MonosemError('tooManyTokens', 'Long.')));
  await made.run({ run: 1, ...start, prompt: 'Twice' });
  expect(sent.slice(0, 2)).toEqual([
    { kind: 'started', run: 1 },
    { kind: 'failed', run: 1, message: 'Long.' },
  ]);
  expect(sent.at(-1)).toMatchObject({ kind: 'state', prompt: 'Twice' });
});

test('the last run that came to its end is remembered with what was asked', async () => {
  const result = { samples: [] };
  let ends = true;
  const { made } = session(() =>
    ends ? Promise.resolve(result as never) : Promise.reject(new Error('engine')),
  );
  await made.open(start);
  expect(made.snapshot).toEqual({ start });
  const edit = { ...at('/s', 5), operation: 'ablate' } as const;
  const settings = { ...defaultSteerSettings, seed: 7 };
  await made.run({ run: 1, prompt: 'Once', edits: [edit], settings });
  const lastRun = {
    params: {
      source: { model: '/m', saes: ['/s', '/t'] },
      ...{ prompt: 'Once', maxTokens: 60, temperature: 0, seed: 7 },
      edits: [edit],
    },
    result,
  };
  expect(made.snapshot).toMatchObject({ start: { edits: [edit] }, lastRun });
  ends = false;
  await made.run({ run: 2, ...start, prompt: 'Twice' });
  expect(made.snapshot).toMatchObject({ start: { prompt: 'Twice' }, lastRun });
});
