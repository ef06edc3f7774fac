// Files of directions beside presets, on a disk made up here.
import { expect, it, test } from 'vitest';
import type { PresetFolder } from '../../../../src/host/steering/presetAccess.ts';
import {
  placeDirections,
  portableDirections,
} from '../../../../src/host/steering/presetDirections.ts';
import {
  PresetFiles,
  isDirectionFile,
  largestDirectionFile,
} from '../../../../src/host/steering/presetFiles.ts';
import { folderInMemory } from './presetFolders.ts';

const one = Uint8Array.of(1, 2, 3);
const other = Uint8Array.of(1, 2, 4);

function disk(changes: Partial<PresetFolder> = {}, ...names: readonly string[]) {
  const files = new Map(names.map((name) => [name, one]));
  return { files, presetFiles: new PresetFiles(folderInMemory(files, changes)) };
}

test('a file is copied once, and none of another content is replaced', async () => {
  const { files, presetFiles } = disk();
  expect(await presetFiles.keep('calm.safetensors', one)).toBe('calm.safetensors');
  expect(await presetFiles.keep('calm.safetensors', one)).toBe('calm.safetensors');
  expect(await presetFiles.keep('CALM.SAFETENSORS', other)).toBe('CALM-2.safetensors');
  expect(await presetFiles.keep('calm.safetensors', other)).toBe('CALM-2.safetensors');
  expect([...files]).toEqual([
    ['calm.safetensors', one],
    ['CALM-2.safetensors', other],
  ]);
});

it.each([
  ['a: b?.safetensors', 'a- b-.safetensors'],
  ['nul.safetensors', 'nul-.safetensors'],
  ['..safetensors', 'direction.safetensors'],
  ['noending', 'noending.safetensors'],
  [`${'名'.repeat(90)}.safetensors`, `${'名'.repeat(50)}.safetensors`],
])('"%s" is kept as "%s", beside another one with a number', async (wanted, kept) => {
  const { presetFiles } = disk();
  expect(await presetFiles.keep(wanted, one)).toBe(kept);
  const second = await presetFiles.keep(wanted, other);
  expect(second).toBe(kept.replace(/\.safetensors$/, '-2.safetensors'));
  // What is written can be read.
  for (const file of [kept, second]) {
    expect(isDirectionFile(file)).toBe(true);
    expect(await presetFiles.find(file)).toBe(`/project/.monosem/steering/${file}`);
  }
});

test('directions are saved with copies of their files, and loaded with those alone', async () => {
  const { files, presetFiles } = disk();
  const site = 'hook_embed';
  const texts = { name: 'texts', site, origin: { more: 'a', less: 'b' } };
  const file = {
    name: 'calm',
    site,
    origin: { file: 'C:\\far\\away/calm.safetensors', tensor: 'v' },
  };
  const read: string[] = [];
  const portable = await portableDirections([texts, file], presetFiles, (path) => {
    read.push(path);
    return Promise.resolve(other);
  });
  expect(read).toEqual([file.origin.file]);
  expect(files.get('calm.safetensors')).toBe(other);
  expect(portable).toEqual([
    { name: 'texts', site, more: 'a', less: 'b' },
    { name: 'calm', site, file: 'calm.safetensors', tensor: 'v' },
  ]);
  const copy = '/project/.monosem/steering/calm.safetensors';
  expect(await placeDirections(portable, presetFiles)).toEqual([
    texts,
    { ...file, origin: { file: copy, tensor: 'v' } },
  ]);
});

it.each(['../a.safetensors', '/a.safetensors', 'sub/a.safetensors', 'a.json', 'b.safetensors'])(
  '%s is no file to read',
  async (file) => {
    const { presetFiles } = disk({}, '../a.safetensors', '/a.safetensors', 'a.json');
    await expect(presetFiles.find(file)).rejects.toMatchObject({ code: 'fileMissing' });
  },
);

test('what is too large, not here, or in a workspace without trust is refused', async () => {
  const name = 'a.safetensors';
  const huge = disk({ size: () => Promise.resolve(largestDirectionFile + 1) }, name);
  await expect(huge.presetFiles.find(name)).rejects.toThrow(/is larger than 16 MiB; keep/);
  const much = new Uint8Array(largestDirectionFile + 1);
  await expect(disk().presetFiles.keep(name, much)).rejects.toThrow(/is larger than 16 MiB; keep/);
  const far = disk({ pathOf: () => undefined }, name);
  await expect(far.presetFiles.find(name)).rejects.toThrow(
    /steering\/a\.safetensors is not on this/,
  );
  const distrusted = disk({ isTrusted: false }, name);
  for (const run of [distrusted.presetFiles.find(name), distrusted.presetFiles.keep(name, one)])
    await expect(run).rejects.toThrow(/the workspace is not trusted/);
  const full = disk({ write: () => Promise.reject(new Error('ENOSPC')) });
  await expect(full.presetFiles.keep(name, one)).rejects.toThrow(
    /the disk is full; free some space/,
  );
});
