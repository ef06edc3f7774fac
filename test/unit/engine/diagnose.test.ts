import { copyFileSync } from 'node:fs';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type { Source } from '../../../src/shared/engineProtocol.ts';
import { writeBundle } from '../../fixtures/bundle.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';

const place = useTemporaryFolder();
const context = { signal: { aborted: false }, progress: (): undefined => undefined };
let engine: Engine;
let source: Source;

beforeEach(async () => {
  engine = Engine.create();
  const sae = { architecture: 'jumprelu' } as const;
  const bundle = await writeBundle(place('tiny'), {
    decoder: { kind: 'llama', seed: 1 },
    sae,
    seed: 2,
  });
  source = { ...bundle.source, provider: 'cpu' };
});
afterEach(() => engine.dispose());

test('the machine is described without a model', async () => {
  const found = await engine.diagnose({}, context);
  expect(found.model).toBeUndefined();
  expect(found.failure).toBeUndefined();
  expect(found.versions).toContainEqual({ name: 'Node', version: process.versions.node });
  expect(found.versions.find(({ name }) => name === 'onnxruntime')?.version).toMatch(/^\d+\.\d+/);
  expect(found.providers).toContainEqual({ name: 'cpu', isBundled: true });
  expect(found.platform.map(({ name }) => name)).toContain('memory');
});

test('a model is described with where it runs, why, and whether the overlay leaves it alone', async () => {
  copyFileSync(place('tiny/onnx/model.onnx'), place('tiny/onnx/model_fp16.onnx'));
  const { model, failure } = await engine.diagnose({ model: source }, context);
  expect(failure).toBeUndefined();
  expect(model).toMatchObject({
    name: 'tiny',
    variant: 'onnx/model.onnx',
    variants: ['onnx/model.onnx', 'onnx/model_fp16.onnx'],
    architecture: 'llama',
    blocks: 'sequential',
    kvCache: true,
    dynamicallyQuantized: false,
    execution: { provider: 'cpu', reason: 'It was asked for.' },
    selfTest: { isEqual: true },
    opsets: [{ domain: 'ai.onnx' }],
  });
  expect(model?.variantReason).toContain('full precision');
  expect(model?.weights[0]?.type).toBe('float32');
  const steps = model?.timings.map(({ step }) => step) ?? [];
  expect(steps.slice(0, 4)).toEqual([
    'read the folder',
    'read the graph',
    'find the sites',
    'choose the provider',
  ]);
});

test('the variant that was asked for is the one described', async () => {
  copyFileSync(place('tiny/onnx/model.onnx'), place('tiny/onnx/model_fp16.onnx'));
  const choice = { ...source, variant: 'onnx/model_fp16.onnx' };
  const { model } = await engine.diagnose({ model: choice }, context);
  expect(model).toMatchObject({
    variant: 'onnx/model_fp16.onnx',
    variantReason: 'It was asked for.',
  });
});

test('what keeps a model from opening is part of the answer', async () => {
  const nowhere = await engine.diagnose({ model: { model: place('nowhere') } }, context);
  expect(nowhere.failure).toContain('does not exist');
  expect(nowhere.model).toBeUndefined();
  expect(nowhere.platform.length).toBeGreaterThan(0);
  const foreign = process.platform === 'win32' ? 'coreml' : 'dml';
  const without = await engine.diagnose({ model: { ...source, provider: foreign } }, context);
  expect(without.failure).toMatch(/onnxruntime has no (CoreML|DirectML)/);
});

test('a cancelled diagnosis is cancelled', async () => {
  const cancelled = engine.diagnose({ model: source }, { ...context, signal: { aborted: true } });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
});

test('facts of a source say which file runs where', async () => {
  const { model } = await engine.describe({ source });
  expect(model).toMatchObject({
    variant: 'onnx/model.onnx',
    provider: 'cpu',
    providerReason: 'It was asked for.',
  });
});

test('the self-test runs once for each opened model', async () => {
  expect(await engine.selfTest({ source }, context)).toMatchObject({ isEqual: true });
  expect(await engine.selfTest({ source }, context)).toBeUndefined();
});
