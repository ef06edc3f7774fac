// The steering session with answers made up here, because the order of events is what matters.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FeatureBriefs } from '../../../src/host/display/features/featureBriefs.ts';
import type { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { Directions } from '../../../src/host/steering/directions.ts';
import { SteerSession } from '../../../src/host/views/steerSession.ts';
import { defaultSteerSettings } from '../../../src/host/views/steerStart.ts';
import type { SteerStart } from '../../../src/host/views/steerStart.ts';
import type {
  FeatureRef,
  Source,
  SteerParams,
  SteerStep,
} from '../../../src/shared/engineProtocol.ts';
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
  ran: SteerParams[];
} {
  const sent: ToSteerView[] = [];
  const ran: SteerParams[] = [];
  const answers: Record<string, (options: Options, params: unknown) => Promise<unknown>> = {
    describe: () =>
      Promise.resolve({
        model: { name: 'm', hasChatTemplate: true, streamSites },
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
    steer: async (options, params) => {
      ran.push(params as SteerParams);
      await steer(options);
      return { samples: [] };
    },
    direction: (_, params) =>
      (params as { origin: { more: string } }).origin.more === 'nothing'
        ? Promise.reject(new MonosemError('emptyText', 'It has no tokens.'))
        : Promise.resolve({ ...numbers, norm: 5 }),
  };
  const call = (name: string, params: unknown, options: Options): Promise<unknown> =>
    answers[name]?.(options, params) ?? Promise.reject(new Error(name));
  const engine = { call } as unknown as EngineClient;
  const source = (): Promise<Source> => Promise.resolve({ model: '/m', saes: ['/s', '/t'] });
  const post = (message: ToSteerView): void => void sent.push(message);
  const made = new SteerSession(start, {
    ...{ engine, source, post, tell: post },
    directions: new Directions({ engine, model: source }),
    briefs: new FeatureBriefs(() => Promise.reject(new MonosemError('noFeatureStore', 'none'))),
    painted: () => '/t',
    canInsert: () => true,
    canReplace: () => false,
    isLive: () => true,
  });
  return { made, sent, ran };
}

const streamSites = ['blocks.0.hook_resid_pre', 'blocks.0.hook_resid_post', 'y'];
const numbers = {
  direction: Float32Array.of(3, 4),
  texts: { streamNorm: 8, moreTokens: 2, lessTokens: 3 },
};
const start: SteerStart = {
  prompt: 'Once',
  features: [],
  directions: [],
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

const calm = { name: 'calm', site: 'y', origin: { more: 'calm', less: 'angry' } };
const along = { name: 'calm', site: 'y', operation: 'add', amount: 2 } as const;

test('a state lists directions with their lengths and edits, and where new ones can be', async () => {
  const { made, sent } = session(() => Promise.resolve());
  const gone = { ...calm, name: 'gone', origin: { more: 'nothing', less: '' } };
  const named = { ...start, directions: [calm, gone], edits: [along] };
  await made.open(named);
  expect(sent[1]).toMatchObject({
    directions: [{ ...calm, norm: 5, streamNorm: 8, edit: along }],
    streamSites: { names: streamSites, suggested: 'y' },
  });
  expect(JSON.stringify(sent)).not.toContain('Float32Array');
  expect(sent[2]).toEqual({
    kind: 'failed',
    message: 'The direction "gone" cannot be had: It has no tokens.',
  });
  // With another model it may be there again.
  expect(made.start).toEqual(named);
});

test('a direction that is made is listed before the view is told its name', async () => {
  const { made, sent } = session(() => Promise.resolve());
  const opening = made.open(start);
  const first = await made.makeDirection({ more: 'calm', less: 'angry' });
  await opening;
  expect(first).toMatchObject({ name: 'direction-1', site: 'y' });
  expect(kinds(sent)).toEqual(['loading', 'state', 'state', 'directionMade']);
  expect(sent[2]).toMatchObject({ features: [{ sae: '/s' }, { sae: '/t' }] });
  expect(sent[2]).toMatchObject({ directions: [{ name: 'direction-1', norm: 5 }] });
  expect(sent[3]).toEqual({ kind: 'directionMade', name: 'direction-1' });
  sent.length = 0;
  await made.makeDirection({ more: 'nothing', less: 'angry' }, 'blocks.0.hook_resid_post');
  expect(sent).toEqual([{ kind: 'directionFailed', message: 'It has no tokens.' }]);
  made.resend();
  expect(sent[1]).toMatchObject({ directions: [{ name: 'direction-1' }] });
});

test('a run along a direction has its numbers, and the last run knows where they come from', async () => {
  const { made, sent, ran } = session(() => Promise.resolve());
  await made.open({ ...start, directions: [{ ...calm, name: 'other' }, calm] });
  await made.run({ run: 1, prompt: 'Once', edits: [along], settings: defaultSteerSettings });
  const edits = [{ ...along, direction: numbers.direction }];
  expect(ran).toMatchObject([{ edits }]);
  expect(made.snapshot.lastRun).toMatchObject({ params: { edits }, directions: [calm] });
  sent.length = 0;
  const unknown = { ...along, name: 'gone' };
  await made.run({ run: 2, prompt: 'Once', edits: [unknown], settings: defaultSteerSettings });
  expect(ran).toHaveLength(1);
  expect(sent.at(-1)).toEqual({
    ...{ kind: 'failed', run: 2 },
    message: 'There is no direction "gone" here; make it first, or remove its edit.',
  });
});
