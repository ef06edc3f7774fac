// Presets on a disk made up here, which fails as disks do.
import { describe, expect, it, test } from 'vitest';
import { writePreset, type Preset } from '../../../../src/host/steering/preset.ts';
import type { PresetFolder } from '../../../../src/host/steering/presetAccess.ts';
import { presetFileName } from '../../../../src/host/steering/presetFileName.ts';
import { Presets } from '../../../../src/host/steering/presets.ts';
import { folderInMemory } from './presetFolders.ts';

const preset = (name: string): Preset => ({
  name,
  saes: [],
  directions: [],
  edits: [],
  settings: { seed: 3 },
});

interface Disk {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly presets: Presets;
}

function disk(changes: Partial<PresetFolder> = {}, ...names: readonly string[]): Disk {
  const content = new TextEncoder().encode(writePreset(preset('stored')));
  const files = new Map<string, Uint8Array>(names.map((name) => [name, content]));
  return { files, presets: new Presets(folderInMemory(files, changes)) };
}

const failing =
  (code: string, message = code) =>
  (): Promise<never> =>
    Promise.reject(Object.assign(new Error(message), { code }));

test('a preset is saved, listed, loaded and deleted', async () => {
  const { files, presets } = disk();
  expect(await presets.list()).toEqual([]);
  expect(await presets.save(preset('Calm: a/b'))).toBe('project/.monosem/steering/Calm- a-b.json');
  expect(await presets.list()).toEqual(['Calm- a-b']);
  expect(await presets.load('Calm- a-b')).toEqual({ preset: preset('Calm: a/b'), ignored: [] });
  await presets.delete('Calm- a-b');
  expect(files.size).toBe(0);
});

test('under other capitals it is the same file', async () => {
  const { files, presets } = disk({}, 'calm.json');
  expect(await presets.existing('Calm')).toBe('calm');
  expect(await presets.existing('angry')).toBeUndefined();
  await presets.save(preset('CALM'));
  expect([...files.keys()]).toEqual(['calm.json']);
});

test('only files of presets are listed, and only those can be loaded and deleted', async () => {
  const names = ['b.json', 'a.json', 'notes.txt', '.hidden.json', '../up.json', 'x\\y.json'];
  const { presets } = disk({}, ...names);
  expect(await presets.list()).toEqual(['a', 'b']);
  for (const name of ['../up', '../../package', 'notes.txt', '.hidden', 'c']) {
    await expect(presets.load(name)).rejects.toThrow(/There is no preset/);
    await expect(presets.delete(name)).rejects.toThrow(/There is no preset/);
  }
});

test('a workspace that is not trusted has none', async () => {
  const { presets } = disk({ isTrusted: false }, 'a.json');
  for (const run of [presets.list(), presets.load('a'), presets.save(preset('b'))])
    await expect(run).rejects.toThrow(/are not used, because the workspace is not trusted/);
});

describe('a disk that fails', () => {
  it.each([
    ['Unknown', 'ENOSPC: no space left on device, write', /the disk is full; free some space/],
    ['NoPermissions', 'EROFS: read-only file system', /access was denied; change its permissions/],
    ['Unavailable', 'Gone', /could not be accessed \(Gone\); check the folder/],
  ])('with %s is told in one sentence', async (code, message, sentence) => {
    const fail = failing(code, message);
    const { presets } = disk({ write: fail, remove: fail, read: fail }, 'a.json');
    for (const run of [presets.save(preset('b')), presets.load('a'), presets.delete('a')]) {
      await expect(run).rejects.toThrow(sentence);
    }
    await expect(presets.save(preset('b'))).rejects.toThrow(/project\/\.monosem\/steering/);
  });

  it('gives no file that is too large, and takes none', async () => {
    const { presets } = disk({ size: () => Promise.resolve(1e9) }, 'a.json');
    await expect(presets.load('a')).rejects.toThrow(/is larger than any preset/);
    const huge = { ...preset('b'), prompt: 'a'.repeat(2_000_000) };
    await expect(presets.save(huge)).rejects.toThrow(/is larger than any preset/);
  });
});

it.each([
  ['calm', 'calm'],
  ['Größe 2.5', 'Größe 2.5'],
  ['a/../b', 'a-..-b'],
  ['..\\..\\x', '-..-x'],
  ['  .x. ', 'x'],
  ['con', 'con-'],
  ['nul.txt', 'nul-txt-'],
  ['a\u0000b\u202Ec', 'a-b-c'],
  ['名'.repeat(100), '名'.repeat(60)],
])('the file of "%s" is called "%s"', (name, file) => {
  expect(presetFileName(name)).toBe(file);
  expect(presetFileName(file)).toBe(file);
});

it.each(['', ' ', '..', '///', '\u0000'])('"%s" is no name', (name) => {
  expect(() => presetFileName(name)).toThrow(/is no name for a preset; use letters and digits/);
});
