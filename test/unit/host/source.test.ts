import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { resolveSource } from '../../../src/host/source.ts';
import type { SourceChoice } from '../../../src/host/source.ts';
import { settingValue } from '../../../src/host/settingValue.ts';
import { settings } from '../../../src/shared/contributions.ts';

const none: SourceChoice = {
  model: '',
  sae: '',
  extensionFolder: resolve('/ext'),
  workspaceFolder: resolve('/projects'),
  listFolders: () => Promise.resolve([]),
};

test('nothing chosen: the model and SAE of the extension', async () => {
  const { model, sae } = await resolveSource(none);
  expect(model).toBe(resolve('/ext/models/stories15M'));
  expect(sae).toBe(resolve('/ext/models/stories15M/saes/blocks.2.hook_resid_post'));
});

test('folders may be absolute, in the home folder or in the workspace', async () => {
  const chosen = await resolveSource({ ...none, model: '~/models/a', sae: 'saes/b' });
  expect(chosen).toEqual({ model: join(homedir(), 'models/a'), sae: resolve('/projects/saes/b') });
});

test('a model of one’s own: the first SAE beside it, or a reason', async () => {
  const listFolders = (folder: string): Promise<readonly string[]> => {
    expect(folder).toBe(resolve('/m/saes'));
    return Promise.resolve(['b', 'a']);
  };
  const chosen = await resolveSource({ ...none, model: resolve('/m'), listFolders });
  expect(chosen.sae).toBe(resolve('/m/saes/a'));
  await expect(resolveSource({ ...none, model: resolve('/m') })).rejects.toMatchObject({
    code: 'fileMissing',
  });
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
  expect([' /m ', 5].map((value) => settingValue(settings.model, value))).toEqual(['/m', '']);
});
