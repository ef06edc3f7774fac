import { expect, test } from 'vitest';
import { explanationNodes } from '../../../src/host/display/explanation/explanationEntries.ts';
import type { ExplanationFacts } from '../../../src/host/display/explanation/explanationEntries.ts';
import type { TreeEntry } from '../../../src/host/trees/treeEntry.ts';
import type { FeatureEffects } from '../../../src/shared/engineProtocol.ts';
import { brief } from '../trees/sums.ts';
import { effect, effectsOf } from './effects.ts';

const facts: ExplanationFacts = {
  ...{ order: 'kl', isStale: false, uri: 'file:///a', offset: 7 },
  brief: (_, feature) => (feature === 57 ? brief(57, 0.1, ' rain') : undefined),
  slotOf: ({ feature }) => (Number(feature) === 9 ? 2 : undefined),
  palette: 'standard',
  labels: new Map([['/s', 'the site']]),
};
const found = effectsOf(effect(57, [0.25, -0.125]), effect(9, [0.125, 0.5]));

const words = (effects: FeatureEffects, of: Partial<ExplanationFacts> = {}): readonly string[] => {
  const line = ({ label, description }: TreeEntry): string => `${label} | ${description ?? ''}`;
  return explanationNodes(effects, { ...facts, ...of }).flatMap(({ entry, below }) => [
    line(entry),
    ...below.map((each) => `- ${line(each)}`),
  ]);
};

test('what is expected, the target, each feature with what it speaks for and against, and all together', () => {
  expect(words(found)).toEqual([
    'Expected next | ·girl 50% · ·dog 13%',
    '- ·girl | 50%',
    '- ·dog | 13%',
    'Target | ·girl 50%',
    '#57 rain | Δ ln p −0.13 · KL 0.25 · 25%',
    '- ·girl | 50% → 25%',
    '- ·dog | 13% → 25%',
    '#9 | Δ ln p +0.50 · KL 0.13 · 25%',
    '- ·girl | 50% → 25%',
    '- ·dog | 13% → 25%',
    'All 2 features ablated | Δ ln p −3.00 · KL 2.00',
    '- ·girl | 50% → 25%',
    '- ·dog | 13% → 25%',
  ]);
});

test('features are in the order that somebody chose', () => {
  const featuresBy = (order: ExplanationFacts['order']): readonly string[] =>
    words(found, { order }).filter((line) => line.startsWith('#'));
  expect(featuresBy('kl')[0]).toMatch(/^#57/);
  expect(featuresBy('target')[0]).toMatch(/^#9/);
});

test('one feature needs no line for all, and none leaves what is expected', () => {
  expect(words(effectsOf(effect(57, [1, 1]))).join()).not.toContain('All');
  expect(words(effectsOf())).toHaveLength(4);
});

test('where several SAEs are active, each feature says whose it is', () => {
  const labels = new Map([
    ['/s', 'the site'],
    ['/t', 'the other'],
  ]);
  const lines = words(effectsOf(effect(57, [1, 1]), effect(57, [0.5, 1], '/t')), { labels });
  expect(lines).toContain('#57 rain | Δ ln p +1.00 · KL 1.00 · 25% · the site');
  expect(lines).toContain('#57 rain | Δ ln p +1.00 · KL 0.50 · 25% · the other');
});

test('an entry of a feature says in words what it is, opens it, and knows the token for its menu', () => {
  const entries = explanationNodes(found, facts).map(({ entry }) => entry);
  expect(entries[2]).toMatchObject({
    ...{ sae: '/s', feature: 57, offset: 7, uri: 'file:///a', context: 'feature' },
    command: { name: 'openFeature', args: [57, '/s'] },
    spoken: 'Feature 57 rain, ln p of the target −0.13, KL 0.25, 25% of the activation',
  });
  expect(entries[3]).toMatchObject({ context: 'pinnedFeature' });
  expect(entries[0]?.spoken).toBe('Expected next: girl 50%, dog 13%');
});

test('tokens become the target, and say for a screen reader which way they go', () => {
  const below = explanationNodes(found, facts)[2]?.below ?? [];
  expect(below.map(({ spoken }) => spoken)).toEqual([
    'Speaks for girl: 50% → 25%',
    'Speaks against dog: 13% → 25%',
  ]);
  for (const { command } of below) expect(command?.name).toBe('chooseTargetToken');
});

test('an outdated explanation is dimmed, and each entry has an id of its own', () => {
  const nodes = explanationNodes(found, { ...facts, isStale: true });
  expect(nodes.every(({ entry }) => entry.isDimmed === true)).toBe(true);
  const ids = nodes.flatMap(({ entry, below }) => [entry.id, ...below.map(({ id }) => id)]);
  expect(new Set(ids).size).toBe(ids.length);
});
