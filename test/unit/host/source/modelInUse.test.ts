// The model in use with an engine whose answers are made up here, because what is asked, and how often, matters.
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { EngineClient } from '../../../../src/host/engine/engineClient.ts';
import { ModelInUse } from '../../../../src/host/source/modelInUse.ts';
import type { SourceSettings } from '../../../../src/host/source/source.ts';

const own: SourceSettings = {
  model: resolve('/m'),
  saes: [],
  modelVariant: '',
  executionProvider: 'auto',
  deviceId: 0,
  extensionFolder: resolve('/ext'),
  listFolders: () => Promise.resolve([]),
};
const execution = { provider: 'cpu', reason: 'It was asked for.', attempts: [] };
const saeFacts = (sae: string): object => ({ sae, name: `SAE ${sae}`, site: `site of ${sae}` });
const described = {
  saes: [saeFacts(resolve('/s')), saeFacts(resolve('/t'))],
  model: { name: 'm', variant: 'model.onnx', provider: 'webgpu', providerReason: 'It is right.' },
};

interface Bench {
  readonly model: ModelInUse;
  readonly calls: string[];
  readonly warnings: string[];
  settings: SourceSettings;
}

function bench(settings: SourceSettings, answers: Readonly<Record<string, unknown>>): Bench {
  const calls: string[] = [];
  const warnings: string[] = [];
  const call = (name: string): Promise<unknown> => {
    calls.push(name);
    const answer = answers[name];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const made: Bench = {
    model: new ModelInUse({
      engine: { call } as unknown as EngineClient,
      settings: () => made.settings,
      log: { warn: (message) => warnings.push(message) },
    }),
    calls,
    warnings,
    settings,
  };
  return made;
}

test('with an SAE nothing is asked; what runs where is learnt once', async () => {
  const { model, calls } = bench({ ...own, saes: [resolve('/s')] }, { describe: described });
  expect(await model.source()).toEqual({ model: resolve('/m'), saes: [resolve('/s')] });
  expect(calls).toEqual([]);
  expect(model.place).toBeUndefined();
  await Promise.all([model.learn(), model.learn()]);
  await model.learn();
  expect(calls).toEqual(['describe']);
  expect(model.place).toEqual({
    name: 'm',
    variant: 'model.onnx',
    provider: 'webgpu',
    reason: 'It is right.',
  });
});

test('what is known of one choice is not told of another', async () => {
  const made = bench({ ...own, saes: [resolve('/s')] }, { describe: described });
  await made.model.learn();
  made.settings = { ...made.settings, executionProvider: 'cpu' };
  expect(made.model.place).toBeUndefined();
  await made.model.learn();
  expect(made.calls).toHaveLength(2);
  made.model.forget();
  expect(made.model.place).toBeUndefined();
});

test('a model without SAE is opened once, and the sentence names it', async () => {
  const diagnose = { model: { name: 'SmolLM2', variant: 'onnx/model.onnx', execution } };
  const { model, calls } = bench(own, { diagnose });
  const asking = [model.source(), model.source()];
  for (const source of asking) {
    await expect(source).rejects.toMatchObject({ code: 'noSae' });
    await expect(source).rejects.toThrow(/SmolLM2/);
  }
  expect(calls).toEqual(['diagnose']);
  expect(model.place).toMatchObject({ name: 'SmolLM2', provider: 'cpu' });
  model.forget();
  await expect(model.source()).rejects.toMatchObject({ code: 'noSae' });
  expect(calls).toHaveLength(2);
});

test('what is wrong with the model is said before anything about an SAE, and tried again', async () => {
  const diagnose = { failure: 'model.onnx holds no decoder.' };
  const { model, calls } = bench(own, { diagnose });
  for (let time = 1; time <= 2; time++) {
    await expect(model.source()).rejects.toMatchObject({
      code: 'unsupportedModel',
      message: 'model.onnx holds no decoder.',
    });
    expect(calls).toHaveLength(time);
  }
});

test('a place that cannot be learnt is a line in the log', async () => {
  const { model, warnings } = bench({ ...own, saes: ['/s'] }, { describe: new Error('gone') });
  await model.learn();
  expect(model.place).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining('gone')]);
});

test('the active SAEs go by their folders until the engine has named them', async () => {
  const saes = [resolve('/s'), resolve('/t')];
  const made = bench({ ...own, saes }, { describe: described });
  expect(made.model.saes).toEqual([]);
  await made.model.source();
  expect(made.model.saes).toEqual(saes);
  expect(made.model.namedSaes[1]).toEqual({ sae: resolve('/t'), name: 't', site: 't' });
  await made.model.learn();
  expect(made.model.namedSaes[1]?.site).toBe(`site of ${resolve('/t')}`);
  made.settings = { ...made.settings, saes: [resolve('/t')] };
  expect(made.model.saes).toEqual([]);
  expect(made.model.factsOf(resolve('/t'))).toBeUndefined();
  expect((await made.model.source()).saes).toEqual([resolve('/t')]);
  await made.model.learn();
  expect(made.calls).toEqual(['describe', 'describe']);
});
