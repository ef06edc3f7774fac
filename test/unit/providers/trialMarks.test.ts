import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { TrialMarks } from '../../../src/engine/files/trialMarks.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';

const place = useTemporaryFolder();

/** A process id that is not in use: that of a process that has just ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('a trial that ends, well or badly, leaves nothing behind', async () => {
  const marks = new TrialMarks(place('marks'));
  const seen = await marks.during('webgpu', () => Promise.resolve(readdirSync(place('marks'))));
  expect(seen).toEqual(['webgpu.pid']);
  await expect(marks.during('cuda', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(place('marks'))).toEqual([]);
  expect(marks.hasEndedAProcess('webgpu')).toBe(false);
});

test('a process that dies in a trial is remembered', () => {
  const module = path.resolve('src/engine/files/trialMarks.ts');
  const program = `
    import { TrialMarks } from ${JSON.stringify(module)};
    await new TrialMarks(${JSON.stringify(place('marks'))}).during('webgpu', () => process.kill(process.pid, 'SIGKILL'));`;
  spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program]);
  const marks = new TrialMarks(place('marks'));
  expect(readdirSync(place('marks'))).toEqual(['webgpu.pid']);
  expect(marks.hasEndedAProcess('webgpu')).toBe(true);
  expect(marks.hasEndedAProcess('cuda')).toBe(false);
});

test('a process that ends in good order in the middle of a trial is no crash', () => {
  const module = path.resolve('src/engine/files/trialMarks.ts');
  const program = `
    import { TrialMarks } from ${JSON.stringify(module)};
    await new TrialMarks(${JSON.stringify(place('marks'))}).during('webgpu', () => process.exit(0));`;
  spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program]);
  expect(readdirSync(place('marks'))).toEqual([]);
});

test('a trial that still runs elsewhere is no crash, and an old crash is forgotten', () => {
  const marks = new TrialMarks(place());
  mkdirSync(place(), { recursive: true });
  writeFileSync(place('webgpu.pid'), String(process.ppid));
  expect(marks.hasEndedAProcess('webgpu')).toBe(false);
  writeFileSync(place('cuda.pid'), String(deadProcess()));
  expect(marks.hasEndedAProcess('cuda')).toBe(true);
  const twoDaysAgo = new Date(Date.now() - 48 * 3600 * 1000);
  utimesSync(place('cuda.pid'), twoDaysAgo, twoDaysAgo);
  expect(marks.hasEndedAProcess('cuda')).toBe(false);
});

test('a folder that cannot be made stops no trial', async () => {
  writeFileSync(place('file'), '');
  const marks = new TrialMarks(place('file', 'marks'));
  await expect(marks.during('webgpu', () => Promise.resolve(5))).resolves.toBe(5);
});
