import { expect, test } from 'vitest';
import { TextAnalyser } from '../../../../src/host/api/analyse.ts';
import type { TokenBatch } from '../../../../src/shared/engineProtocol.ts';
import { batchOf, readingIn, summaryOf } from '../batches.ts';
import { apiPorts, describeAnswer, source } from './engine.ts';
import type { ApiPorts, Asked } from './engine.ts';

const first = batchOf(0, [[0, 4, 7, 0.5, 9, 0.25]], 2, [readingIn([[0, 4, 3, 2]], 1, '/t')]);
const second = batchOf(1, [[4, 6, 8, 1, 0, 0]], 2, [readingIn([[4, 6, 1, 0]], 1, '/t')]);

function analysing(batches: readonly TokenBatch[]): { ports: ApiPorts; analyser: TextAnalyser } {
  const ports = apiPorts({
    describe: describeAnswer,
    analyse: ({ options }: Asked) => {
      for (const batch of batches) options.onProgress?.(batch);
      return summaryOf(2);
    },
    tokenTexts: ({ params }: Asked) => Array.from(params['ids'] as Uint32Array, (id) => `<${id}>`),
  });
  return { ports, analyser: new TextAnalyser(ports) };
}

test('tokens come in text order, with the active features of every SAE, as plain data', async () => {
  const { analyser } = analysing([second, first]);
  const analysis = await analyser.analyse('Once a', undefined);
  expect(analysis).toStrictEqual({
    saes: [
      { sae: '/s', name: 's', site: 'x', isPainted: false },
      { sae: '/t', name: 't', site: 'y', isPainted: true },
    ],
    tokens: [
      {
        ...{ text: 'Once', id: 100, start: 0, end: 4 },
        features: [
          { sae: '/s', feature: 7, activation: 0.5 },
          { sae: '/s', feature: 9, activation: 0.25 },
          { sae: '/t', feature: 3, activation: 2 },
        ],
      },
      {
        ...{ text: ' a', id: 101, start: 4, end: 6 },
        features: [{ sae: '/s', feature: 8, activation: 1 }],
      },
    ],
  });
  expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
});

test('losses, ranks and the texts of predictions are there where they were asked for', async () => {
  const told = {
    ...first,
    losses: Float32Array.of(1.5),
    predictions: {
      topN: 2,
      predicted: Uint32Array.of(11, 12),
      probabilities: Float32Array.of(0.5, 0.25),
      ranks: Uint32Array.of(3),
    },
  };
  const { analyser, ports } = analysing([told]);
  const { tokens } = await analyser.analyse('Once', { predictions: 2 });
  expect(tokens[0]).toMatchObject({
    loss: 1.5,
    rank: 3,
    predictions: [
      { id: 11, text: '<11>', probability: 0.5 },
      { id: 12, text: '<12>', probability: 0.25 },
    ],
  });
  expect(ports.asked[0]?.params).toMatchObject({ predictions: 2, topK: 5 });
});

test('what is asked is what the options say', async () => {
  const { analyser, ports } = analysing([first]);
  const { signal } = new AbortController();
  await analyser.analyse('Once', { topK: 3, losses: true, predictions: 0, signal });
  const [{ params, options } = { params: {}, options: {} }] = ports.asked;
  expect(params).toEqual({
    ...{ source, document: 'monosem-api:0', text: 'Once', topK: 3, loss: true },
  });
  expect(options.signal).toBe(signal);
});

test('analyses at the same time have different names, those after each other the same', async () => {
  const { analyser, ports } = analysing([first]);
  await Promise.all([analyser.analyse('Once', {}), analyser.analyse('Twice', {})]);
  await analyser.analyse('Thrice', {});
  const names = ports.asked
    .filter(({ name }) => name === 'analyse')
    .map(({ params }) => params['document']);
  expect(names).toEqual(['monosem-api:0', 'monosem-api:1', 'monosem-api:0']);
});

test('what arrived before a crash of the engine is forgotten', async () => {
  const ports = apiPorts({
    describe: describeAnswer,
    analyse: ({ options }: Asked) => {
      options.onProgress?.(second);
      options.onRetry?.();
      options.onProgress?.(first);
      return summaryOf(1);
    },
  });
  const { tokens } = await new TextAnalyser(ports).analyse('Once a', {});
  expect(tokens.map(({ text }) => text)).toEqual(['Once']);
});

test('nothing is asked where the arguments are wrong', async () => {
  const { analyser, ports } = analysing([]);
  for (const [text, options] of [[5], [''], ['a', { topK: 99 }], ['a', { predictions: 21 }]]) {
    await expect(analyser.analyse(text, options)).rejects.toMatchObject({
      message: expect.stringContaining('MonosemApi.analyse') as string,
    });
  }
  expect(ports.asked).toEqual([]);
});
