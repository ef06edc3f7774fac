import { expect, test } from 'vitest';
import { featureFacts } from '../../../../src/host/api/features.ts';
import type { FeatureBrief } from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import { apiPorts, describeAnswer, source } from './engine.ts';
import type { ApiPorts, Asked } from './engine.ts';

/** Feature n peaks on the digits of n and is the more active the larger n is. */
const brief = (feature: number): FeatureBrief => ({
  feature: featureIndex(feature),
  density: 0.5,
  maxActivation: feature / 100,
  peakTokens: [` No${feature}`, 'x'],
});

function store(): ApiPorts {
  return apiPorts({
    describe: describeAnswer,
    featureBriefs: ({ params }: Asked) => Array.from(params['features'] as Uint32Array, brief),
    feature: ({ params }: Asked) => ({
      ...brief(params['feature'] as number),
      ...{ corpusTokens: 1000, meanActivation: 0.25, histogram: Uint32Array.of(3, 2) },
      examples: [{ tokens: ['a', ' b'], activations: Float32Array.of(0, 0.5), peak: 1 }],
    }),
  });
}

test('features by number, of the painted SAE unless another is named', async () => {
  const ports = store();
  expect(await featureFacts(ports, { features: [3] }, undefined)).toStrictEqual([
    { sae: '/t', feature: 3, density: 0.5, maxActivation: 0.03, peakTokens: [' No3', 'x'] },
  ]);
  const [named] = await featureFacts(ports, { features: [3], sae: '/s' }, {});
  expect(named?.sae).toBe('/s');
  expect(ports.asked.map(({ params }) => params['sae'])).toEqual(['/t', '/s']);
});

test('with examples what the corpus says, as plain data', async () => {
  const ports = store();
  const facts = await featureFacts(ports, { features: [3], examples: 4 }, {});
  expect(facts[0]?.corpus).toStrictEqual({
    ...{ tokens: 1000, meanActivation: 0.25, histogram: [3, 2] },
    examples: [{ tokens: ['a', ' b'], activations: [0, 0.5], peak: 1 }],
  });
  expect(ports.asked.at(-1)?.params).toEqual({ source, sae: '/t', feature: 3, exampleLimit: 4 });
});

test('by a word all features are looked through, and the most active ones come first', async () => {
  const ports = store();
  const facts = await featureFacts(ports, { word: 'nO499', limit: 3 }, {});
  expect(facts.map(({ feature }) => feature)).toEqual([4999, 4998, 4997]);
  const asked = ports.asked.filter(({ name }) => name === 'featureBriefs');
  const lengths = asked.map(({ params }) => (params['features'] as Uint32Array).length);
  expect(lengths).toEqual([4096, 904]);
});

test.each([
  [undefined, 'give either “features”, a list of numbers, or a “word”'],
  [{ word: 'a', features: [1] }, 'give either “features”, a list of numbers, or a “word”'],
  [{ features: [1, -1] }, '“features[1]” is not the number of one'],
  [{ features: [1.5] }, '“features[0]” is not the number of one'],
  [{ features: 7 }, '“features” is 7'],
  [{ features: Array.from({ length: 1001 }, (_, n) => n) }, 'a list of at most 1000'],
  [{ word: '' }, '“word” is “”'],
  [{ word: 'a', limit: 0 }, '“limit” is 0'],
  [{ features: [1], examples: 51 }, '“examples” is 51'],
  [{ features: [1], sae: '/elsewhere' }, 'That SAE is not active.'],
])('%j is refused', async (query, message) => {
  const ports = store();
  const asking = featureFacts(ports, query, {});
  await expect(asking).rejects.toMatchObject({ code: 'badArgument' });
  await expect(asking).rejects.toThrow(message);
  expect(ports.asked).toEqual([]);
});

test('the signal goes with every question', async () => {
  const ports = store();
  const { signal } = new AbortController();
  await featureFacts(ports, { word: 'no12', examples: 1 }, { signal });
  expect(new Set(ports.asked.map(({ name }) => name)).size).toBe(3);
  for (const { options } of ports.asked) expect(options.signal).toBe(signal);
});
