import { expect, test } from 'vitest';
import { collectionGroups } from '../../../src/host/display/features/collectionEntries.ts';
import type { CollectionFacts } from '../../../src/host/display/features/collectionEntries.ts';
import { whyNoFeatures } from '../../../src/host/display/features/fileFeaturesState.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { brief } from './sums.ts';

const ref = (
  sae: string,
  feature: number,
): { sae: string; feature: ReturnType<typeof featureIndex> } => ({
  sae,
  feature: featureIndex(feature),
});
const facts: CollectionFacts = {
  pinned: [
    { ...ref('/s', 57), slot: 2 },
    { ...ref('/gone/tiny', 3), slot: 0 },
  ],
  recent: [ref('/s', 57), ref('/s', 9), ref('neurons:blocks.1.mlp.hook_post', 4)],
  active: new Map([['/s', 'the site']]),
  palette: 'standard',
  brief: (_, feature) => (feature === 57 ? brief(57, 0.1, ' rain') : undefined),
  tokensWith: ({ feature }) => (Number(feature) === 57 ? 12 : 0),
};

const words = (of: CollectionFacts): readonly string[] =>
  collectionGroups(of).flatMap(({ entry, features }) => [
    `${entry.label} ${entry.description ?? ''}`,
    ...features.map(({ label, description }) => `- ${label} | ${description ?? ''}`),
  ]);

test('pinned features, then recent ones that are not pinned, with where they stand in the file', () => {
  expect(words(facts)).toEqual([
    'Pinned 2',
    '- #57 rain | 12 tokens here',
    '- #3 | tiny is not active',
    'Recent 2',
    '- #9 | not in this file',
    '- #4 | neurons:blocks.1.mlp.hook_post is not active',
  ]);
  expect(words({ ...facts, tokensWith: () => undefined })).toContain('- #57 rain | ');
  expect(words({ ...facts, tokensWith: () => 1 })).toContain('- #9 | 1 token here');
  expect(words({ ...facts, pinned: [], recent: [] })).toEqual([]);
});

test('where several SAEs are active, each feature says whose it is', () => {
  const active = new Map([
    ['/s', 'the site'],
    ['/gone/tiny', 'the other'],
  ]);
  expect(words({ ...facts, active })).toContain('- #57 rain | 12 tokens here · the site');
  expect(words({ ...facts, active })).toContain('- #3 | not in this file · the other');
});

test('what is not active is dimmed and offers its SAE, and what is opens the feature', () => {
  const [pinned] = collectionGroups(facts);
  const [here, away] = pinned?.features ?? [];
  expect(here).toMatchObject({
    context: 'pinnedFeature',
    command: { name: 'openFeature', args: [57, '/s'] },
    spoken: 'Feature 57, rain, 12 tokens here',
  });
  expect(away).toMatchObject({
    context: 'inactivePinned',
    isDimmed: true,
    sae: '/gone/tiny',
    feature: 3,
  });
  expect(away?.command).toBeUndefined();
});

test('entries have one id each, although a feature may be in both lists', () => {
  const both = { ...facts, pinned: [], recent: facts.recent };
  for (const of of [facts, both]) {
    const ids = collectionGroups(of).flatMap(({ entry, features }) => [
      entry.id,
      ...features.map(({ id }) => id),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

const here = { isOn: true, hasFile: true, tokens: 0 };

test('why there is no list of features: one welcome text, or a sentence of its own', () => {
  const reason = new MonosemError('tooLarge', 'The file has 900 KB.');
  const noSae = new MonosemError('noSae', 'No sparse autoencoder is chosen.');
  const states = [
    whyNoFeatures({ ...here, isOn: false, analysis: undefined }),
    whyNoFeatures({ ...here, hasFile: false, analysis: undefined }),
    whyNoFeatures({ ...here, analysis: { kind: 'waiting' } }),
    whyNoFeatures({ ...here, analysis: { kind: 'analysing', done: 0 } }),
    whyNoFeatures({ ...here, analysis: { kind: 'skipped', reason: noSae } }),
  ];
  expect(states.map((why) => why?.state)).toEqual([
    'off',
    'noFile',
    'analysing',
    'analysing',
    'noSae',
  ]);
  expect(states.every((why) => why?.sentence === undefined)).toBe(true);
  for (const kind of ['skipped', 'failed'] as const)
    expect(whyNoFeatures({ ...here, analysis: { kind, reason } })).toEqual({
      state: 'reason',
      sentence: reason.message,
    });
  for (const analysis of [undefined, { kind: 'idle' }, { kind: 'ready', tokens: 0 }] as const)
    expect(whyNoFeatures({ ...here, analysis })?.sentence).toMatch(/^This file .+\.$/);
});

test('what is known of a file is listed while more is computed', () => {
  expect(whyNoFeatures({ ...here, tokens: 5, analysis: { kind: 'waiting' } })).toBeUndefined();
});
