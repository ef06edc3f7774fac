// Two set-ups in one folder: the second waits for the first, and a dead one is in nobody's way.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withLock } from '../../../scripts/setup/lock.mjs';

let folder: string;
let lock: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-lock-'));
  lock = path.join(folder, 'cache', 'setup.lock');
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('withLock', () => {
  test('one at a time', async () => {
    const events: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push(`${name} ends`);
    };
    await Promise.all([withLock(work('first'), lock), withLock(work('second'), lock)]);
    expect(events).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
    expect(fs.existsSync(lock)).toBe(false);
  });

  test('a failure gives the lock back', async () => {
    const failing = withLock(() => Promise.reject(new Error('no network')), lock);
    await expect(failing).rejects.toThrow('no network');
    expect(await withLock(() => Promise.resolve('next'), lock)).toBe('next');
  });

  test('the lock of a process that has died is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    fs.mkdirSync(lock, { recursive: true });
    fs.writeFileSync(path.join(lock, 'pid'), String(pid));
    expect(await withLock(() => Promise.resolve('taken'), lock)).toBe('taken');
  });
});
