// Locks between real processes: one owner at a time, and none that outlives its owner.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { FileLock } from '../../../src/engine/files/fileLock.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';

const at = useTemporaryFolder();
const module = path.resolve('src/engine/files/fileLock.ts');
const file = (): string => at('deep', 'file.lock');
const take = (): FileLock | undefined => FileLock.tryTake(file(), 'The file');
const host = os.hostname();
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  vi.useRealTimers();
});

/** A process that says whether it got the lock, and keeps it until it is killed. */
async function rival(): Promise<{ readonly got: string; readonly child: ChildProcess }> {
  const script = `
    import { FileLock } from ${JSON.stringify(module)};
    const lock = FileLock.tryTake(${JSON.stringify(file())}, 'x');
    process.stdout.write(lock === undefined ? 'none' : 'lock');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [got] = (await once(child.stdout, 'data')) as [Buffer];
  return { got: String(got), child };
}

function write(owner: object | string, ageMinutes = 0): void {
  fs.mkdirSync(path.dirname(file()), { recursive: true });
  fs.writeFileSync(file(), typeof owner === 'string' ? owner : JSON.stringify(owner));
  const time = new Date(Date.now() - ageMinutes * 60_000);
  fs.utimesSync(file(), time, time);
}

function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('a lock is taken once, and free when it was given up', () => {
  const lock = take();
  expect(lock?.isHeld()).toBe(true);
  expect(take()).toBeUndefined();
  lock?.dispose();
  expect(lock?.isHeld()).toBe(false);
  expect(fs.readdirSync(at('deep'))).toEqual([]);
  const next = take();
  expect(next).toBeDefined();
  lock?.dispose();
  expect(next?.isHeld()).toBe(true);
  next?.dispose();
});

test('another process has it as long as it lives', async () => {
  const { got, child } = await rival();
  expect(got).toBe('lock');
  expect(take()).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = take();
  expect(lock?.isHeld()).toBe(true);
  lock?.dispose();
});

test('of many that find a stale lock, one gets it', async () => {
  write({ pid: deadPid(), host, id: 'x' });
  const rivals = await Promise.all(Array.from({ length: 4 }, () => rival()));
  expect(rivals.map(({ got }) => got).sort()).toEqual(['lock', 'none', 'none', 'none']);
});

test.each([
  ['of a process of this machine that is gone', () => ({ pid: deadPid(), host, id: 'x' }), 0, true],
  [
    'of this process number, before it was ours',
    () => ({ pid: process.pid, host, id: 'x' }),
    0,
    true,
  ],
  ['of another process of this machine', () => ({ pid: process.ppid, host, id: 'x' }), 0, false],
  ['of a process that kept silent', () => ({ pid: process.ppid, host, id: 'x' }), 6, true],
  ['of another machine', () => ({ pid: deadPid(), host: `not-${host}`, id: 'x' }), 4, false],
  [
    'of another machine that keeps silent',
    () => ({ pid: 1, host: `not-${host}`, id: 'x' }),
    6,
    true,
  ],
  ['that is being written', () => '', 0, false],
  ['that was never written', () => '', 6, true],
])('a lock %s', (_name, owner, minutes, isFree) => {
  write(owner(), minutes);
  const lock = take();
  expect(lock !== undefined).toBe(isFree);
  lock?.dispose();
  expect(fs.existsSync(file())).toBe(!isFree);
});

test('an interrupted take-over does not block for long', () => {
  write({ pid: deadPid(), host, id: 'x' });
  fs.writeFileSync(`${file()}.takeover`, '');
  expect(take()).toBeUndefined();
  const old = new Date(Date.now() - 60_000);
  fs.utimesSync(`${file()}.takeover`, old, old);
  expect(take()).toBeUndefined();
  const lock = take();
  expect(lock).toBeDefined();
  lock?.dispose();
});

test('an owner touches its lock, and notices that it was taken away', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const lock = take();
  const touched = fs.statSync(file()).mtimeMs;
  vi.advanceTimersByTime(60_000);
  expect(fs.statSync(file()).mtimeMs).toBeGreaterThan(touched + 30_000);
  write({ pid: 1, host: 'elsewhere', id: 'theirs' });
  vi.setSystemTime(Date.now() + 60_000);
  expect(lock?.isHeld()).toBe(false);
  lock?.dispose();
  expect(fs.readFileSync(file(), 'utf8')).toContain('theirs');
});

test('where no lock can be written, that is said', () => {
  fs.writeFileSync(at('file'), '');
  expect(() => FileLock.tryTake(at('file', 'x.lock'), 'The file')).toThrow(
    /^The file is missing|^The file could not be accessed/,
  );
});
