import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { modelChoice, saePlaces, saesBeside } from '../../../../src/host/source/source.ts';
import type { SourceSettings } from '../../../../src/host/source/source.ts';
import { settingValue } from '../../../../src/host/settingValue.ts';
import { settings } from '../../../../src/shared/contributions.ts';

const none: SourceSettings = {
  model: '',
  saes: [],
  modelVariant: '',
  executionProvider: 'auto',
  deviceId: 0,
  extensionFolder: resolve('/ext'),
  workspaceFolder: resolve('/projects'),
  listFolders: () => Promise.resolve([]),
};

test('nothing chosen: the model and SAE of the extension, and nothing said about them', async () => {
  expect(modelChoice(none)).toEqual({ model: resolve('/ext/models/stories15M') });
  expect(await saePlaces(none)).toEqual([
    resolve('/ext/models/stories15M/saes/blocks.2.hook_resid_post'),
  ]);
});

test('folders may be absolute, in the home folder or in the workspace', async () => {
  const chosen = { ...none, model: '~/models/a', saes: ['saes/b', '/t/c', '/projects/saes/b'] };
  expect(modelChoice(chosen)).toEqual({ model: join(homedir(), 'models/a') });
  expect(await saePlaces(chosen)).toEqual([resolve('/projects/saes/b'), resolve('/t/c')]);
});

test('variant, provider and device are told where they are chosen', () => {
  expect(
    modelChoice({
      ...none,
      modelVariant: 'onnx\\model_q4.onnx',
      executionProvider: 'cuda',
      deviceId: 1,
    }),
  ).toEqual({
    model: resolve('/ext/models/stories15M'),
    variant: 'onnx/model_q4.onnx',
    provider: 'cuda',
    deviceId: 1,
  });
});

test('a model of one’s own: the first SAE beside it, or none', async () => {
  const listFolders = (folder: string): Promise<readonly string[]> => {
    expect(folder).toBe(resolve('/m/saes'));
    return Promise.resolve(['b', 'a']);
  };
  const own = { ...none, model: resolve('/m') };
  expect(await saePlaces({ ...own, listFolders })).toEqual([resolve('/m/saes/a')]);
  expect(await saesBeside({ ...own, listFolders })).toEqual([
    resolve('/m/saes/a'),
    resolve('/m/saes/b'),
  ]);
  expect(await saePlaces(own)).toEqual([]);
});

test('whatever stands in settings.json becomes a value of the right type', () => {
  expect([7, 7.4, -1, 1e9, '5', null].map((value) => settingValue(settings.topK, value))).toEqual([
    7, 7, 1, 32, 5, 5,
  ]);
  expect([true, 'no', undefined].map((value) => settingValue(settings.enabled, value))).toEqual([
    true,
    true,
    true,
  ]);
  expect(
    ['webgpu', 'WEBGPU', 1].map((value) => settingValue(settings.executionProvider, value)),
  ).toEqual(['webgpu', 'auto', 'auto']);
  expect(
    [[' /a ', 5, '', '/b', '/a'], '/a', null].map((value) => settingValue(settings.saes, value)),
  ).toEqual([['/a', '/b'], [], []]);
  expect([' /m ', 5].map((value) => settingValue(settings.model, value))).toEqual(['/m', '']);
});
