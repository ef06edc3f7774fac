import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  exists,
  fileError,
  fileSize,
  hashFile,
  isFolder,
  readJson,
  readJsonObject,
  readTextFile,
  realPath,
  replaceAtomic,
  writeAtomic,
} from '../../../src/engine/files/files.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';

const at = useTemporaryFolder();
const what = 'The model configuration';

test('a missing file is named, with what it was wanted for and what to do', async () => {
  await expect(readJson(at('config.json'), what)).rejects.toMatchObject({
    code: 'fileMissing',
    message: `The model configuration is missing: there is no file ${at('config.json')}; check the path.`,
  });
  await expect(hashFile(at('x'), what)).rejects.toMatchObject({ code: 'fileMissing' });
  await expect(fileSize(at('x'), what)).rejects.toMatchObject({ code: 'fileMissing' });
  await expect(realPath(at('x'), what)).rejects.toMatchObject({ code: 'fileMissing' });
});

test('a folder in place of a file is unreadable', async () => {
  await expect(readTextFile(at(), what)).rejects.toMatchObject({ code: 'fileUnreadable' });
});

test('a full disk, a missing right and an unknown failure get codes of their own', () => {
  const failure = (code: string): Error => Object.assign(new Error(code), { code });
  expect(fileError(failure('ENOSPC'), '/x', what).code).toBe('diskFull');
  expect(fileError(failure('EACCES'), '/x', what).code).toBe('fileUnreadable');
  expect(fileError(failure('EIO'), '/x', what).message).toContain('EIO');
});

test('JSON: broken, not an object, and with a byte order mark', async () => {
  await writeFile(at('broken.json'), '{"a": ');
  await expect(readJson(at('broken.json'), what)).rejects.toMatchObject({ code: 'fileDamaged' });
  await writeFile(at('list.json'), '[]');
  await expect(readJsonObject(at('list.json'), what)).rejects.toMatchObject({
    code: 'fileDamaged',
  });
  await writeFile(at('bom.json'), '\uFEFF{"a":1}');
  expect(await readJsonObject(at('bom.json'), what)).toEqual({ a: 1 });
});

test('text: UTF-8 with its byte order mark, or an error', async () => {
  await writeFile(at('text'), '\uFEFFnaïve 你好 😀');
  expect(await readTextFile(at('text'), what)).toBe('\uFEFFnaïve 你好 😀');
  await writeFile(at('latin1'), Buffer.from([0x6e, 0x61, 0xef, 0x76, 0x65]));
  await expect(readTextFile(at('latin1'), what)).rejects.toMatchObject({ code: 'notText' });
  await writeFile(at('nul'), 'a\0b');
  await expect(readTextFile(at('nul'), what)).rejects.toMatchObject({ code: 'notText' });
});

test('an atomic write creates folders, replaces, and leaves nothing else behind', async () => {
  const file = at('new', 'folder', 'out.bin');
  await writeAtomic(file, 'first', what);
  await writeAtomic(file, [Uint8Array.of(1, 2), Uint8Array.of(3)], what);
  expect([...(await readFile(file))]).toEqual([1, 2, 3]);
  expect(await readdir(path.dirname(file))).toEqual(['out.bin']);
});

test('a failing producer leaves the old file and no temporary one', async () => {
  await writeAtomic(at('kept'), 'old', what);
  const failing = replaceAtomic(at('kept'), what, async (temporary) => {
    await writeFile(temporary, 'half');
    throw new Error('stopped');
  });
  await expect(failing).rejects.toThrow('stopped');
  expect(await readFile(at('kept'), 'utf8')).toBe('old');
  expect(await readdir(at())).toEqual(['kept']);
});

test('hash, size, existence and real path', async () => {
  const content = Buffer.alloc(3_000_001, 7);
  await writeFile(at('data'), content);
  await mkdir(at('folder'));
  await symlink(at('data'), at('link'));
  expect(await hashFile(at('data'), what)).toBe(createHash('sha256').update(content).digest('hex'));
  expect(await fileSize(at('data'), what)).toBe(3_000_001);
  expect(await exists(at('data'))).toBe(true);
  expect(await isFolder(at('data'))).toBe(false);
  expect(await isFolder(at('folder'))).toBe(true);
  expect(await realPath(at('link'), what)).toBe(await realPath(at('data'), what));
  expect(await exists(at('nothing'))).toBe(false);
});
