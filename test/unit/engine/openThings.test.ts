// What is open and how much it weighs: told without opening anything.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { featureIndex, tokenIndex } from '../../../src/shared/units.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';

const idle = { signal: { aborted: false }, progress: (): void => undefined };
const text = 'w5 w9 w30 w7 w44 w12 w3 w20';

let folder: string;
let first: WrittenBundle;
let second: WrittenBundle;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-open-'));
  const write = (name: string, kind: 'gpt2' | 'llama'): Promise<WrittenBundle> =>
    writeBundle(path.join(folder, name), {
      decoder: { kind, seed: 81 },
      sae: { architecture: 'jumprelu' },
      seed: 82,
    });
  first = await write('first', 'gpt2');
  second = await write('second', 'llama');
  engine = Engine.create();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

test('nothing is open before the first call, and the process has a size', async () => {
  const { sources, cacheBytes, residentBytes } = await engine.openThings();
  expect([sources, cacheBytes]).toEqual([[], 0]);
  expect(residentBytes).toBeGreaterThan(2 ** 20);
});

test('a model weighs what its file holds, and an SAE as well', async () => {
  const { model } = await engine.describe({ source: first.source });
  expect(model.hasChatTemplate).toBe(false);
  const [open] = (await engine.openThings()).sources;
  expect(open).toMatchObject({
    ...{ model: first.source.model, variant: 'onnx/model.onnx', provider: 'cpu', sessions: 0 },
  });
  const inModel = [...first.decoder.weights.values()].reduce((sum, w) => sum + w.byteLength, 0);
  // Constants of the graph besides.
  expect(open?.weightBytes).toBeGreaterThanOrEqual(inModel);
  expect(open?.weightBytes).toBeLessThan(inModel + 2048);
  const { W_enc, b_enc, W_dec, b_dec, threshold } = first.tensors;
  const inSae = [W_enc, b_enc, W_dec, b_dec, threshold].reduce(
    (sum, tensor) => sum + (tensor?.data.byteLength ?? 0),
    0,
  );
  expect(open?.saes).toEqual([{ sae: first.sae, weightBytes: inSae }]);
});

test('sessions and caches are counted as they come, the source used last first', async () => {
  const { source } = first;
  await engine.analyse({ source, document: 'a', text, topK: 4 }, idle);
  const analysed = await engine.openThings();
  expect(analysed.sources.map(({ sessions }) => sessions)).toEqual([1]);
  expect(analysed.cacheBytes).toBeGreaterThan(0);
  // The stream of every layer, and the end of the model.
  const at = { token: tokenIndex(7) };
  await engine.tokenDetails({ source, document: 'a', text, at }, idle);
  const looked = await engine.openThings();
  expect(looked.sources.map(({ sessions }) => sessions)).toEqual([3]);
  expect(looked.cacheBytes).toBeGreaterThan(analysed.cacheBytes);
  const neurons = { model: second.source.model, saes: ['neurons:blocks.1.mlp.hook_post'] };
  await engine.describe({ source: neurons });
  const { sources } = await engine.openThings();
  expect(sources.map(({ model }) => model)).toEqual([second.source.model, first.source.model]);
  expect(sources[0]?.saes).toEqual([{ sae: neurons.saes[0], weightBytes: 0 }]);
});

test('what is remembered of a prompt that was steered is counted', async () => {
  const { source, sae } = first;
  const { cacheBytes: before } = await engine.openThings();
  const edits: SteerEdit[] = [
    { sae, feature: featureIndex(7), operation: 'ablate', positions: { scope: 'generated' } },
  ];
  /** For BOS and all words but the last, in both rows. */
  const added = async (prompt: string): Promise<number> => {
    const how = { temperature: 0, seed: 1, maxTokens: 1 };
    await engine.steer({ source, prompt, edits, ...how }, idle);
    return (await engine.openThings()).cacheBytes - before;
  };
  const ofThree = await added('w4 w5 w6');
  expect(ofThree).toBeGreaterThan(0);
  expect(await added('w4 w5 w6 w7 w8 w9')).toBe(2 * ofThree);
});

test('a source that does not open is not listed', async () => {
  const missing = { model: path.join(folder, 'nowhere'), saes: [first.sae] };
  await expect(engine.describe({ source: missing })).rejects.toThrow();
  const { sources } = await engine.openThings();
  expect(sources.map(({ model }) => model)).not.toContain(missing.model);
});
