// Where things of a user lie on each platform, and what tells the contents of large files apart.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../../src/engine/files/fingerprint.ts';
import { userDataFolder } from '../../../src/engine/files/userData.ts';

const home = path.resolve('/home/ada');
const at = (...names: string[]): string => path.join(home, ...names);

describe('the data of a user', () => {
  const on = (platform: NodeJS.Platform, environment: Record<string, string> = {}): string =>
    userDataFolder({ platform, environment, home });

  test('lies where programs of the platform keep theirs', () => {
    expect(on('linux')).toBe(at('.local', 'share', 'monosem'));
    expect(on('linux', { XDG_DATA_HOME: at('data') })).toBe(at('data', 'monosem'));
    expect(on('linux', { XDG_DATA_HOME: 'data' })).toBe(at('.local', 'share', 'monosem'));
    expect(on('darwin')).toBe(at('Library', 'Application Support', 'Monosem'));
    expect(on('win32')).toBe(at('AppData', 'Local', 'Monosem'));
    expect(on('win32', { LOCALAPPDATA: at('local') })).toBe(at('local', 'Monosem'));
  });

  test('lies where MONOSEM_HOME says, if it says anything', () => {
    expect(on('darwin', { MONOSEM_HOME: at('mine') })).toBe(at('mine'));
    expect(on('linux', { MONOSEM_HOME: ' ' })).toBe(at('.local', 'share', 'monosem'));
  });
});

describe('a fingerprint', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-fingerprint-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, bytes: Uint8Array): string => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const of = (...files: string[]): Promise<string> => fingerprint(files, 'The model');

  test('is that of the contents, wherever they lie', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) % 251);
    const one = await of(write('one', bytes));
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(await of(write('two', bytes))).toBe(one);
    expect(await of(write('longer', Uint8Array.from([...bytes, 1])))).not.toBe(one);
    expect(
      await of(
        write(
          'other',
          bytes.map((byte) => byte ^ 1),
        ),
      ),
    ).not.toBe(one);
  });

  test('sees every byte of a small file, and the order of several', async () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 251);
    const small = write('small', bytes);
    const changed = write('changed', bytes.with(19_999, 7));
    expect(await of(changed)).not.toBe(await of(small));
    expect(await of(small, changed)).not.toBe(await of(changed, small));
    expect(await of(write('empty', new Uint8Array(0)))).not.toBe(await of());
  });
});
