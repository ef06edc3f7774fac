// A run along directions made of texts as commands: run one after the other they make the directions and steer along them.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { direction } from '../../../src/cli/commands/direction.ts';
import { readArguments } from '../../../src/cli/options.ts';
import { readSteerCall, steerOptions } from '../../../src/cli/steerCall.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { NamedDirection, NamedEdit } from '../../../src/shared/engineProtocol.ts';
import { copyAsCommand } from '../../../src/shared/steerCommand.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { posixWords, powershellWords } from './shellReaders.ts';

const quiet = { signal: { aborted: false }, progress: (): void => undefined };
const site = 'blocks.1.hook_resid_post';
const directions: readonly NamedDirection[] = [
  { name: 'unused', site, origin: { more: 'w1', less: 'w2' } },
  { name: '-ruhig.é', site, origin: { more: "w5 'w9' -- $x", less: '-w12' } },
  { name: 'calm', site: 'blocks.0.hook_resid_post', origin: { more: 'w7', less: 'w3\nw4' } },
];
const edits: readonly NamedEdit[] = [
  { site, name: '-ruhig.é', operation: 'add', amount: -2 },
  { site: 'blocks.0.hook_resid_post', name: 'calm', operation: 'project', amount: 0 },
];

let folder: string;
let bundle: WrittenBundle;
const outside = process.cwd();
const engine = Engine.create();
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-commands-'));
  bundle = await writeBundle(path.join(folder, 'model'), {
    ...{ decoder: { kind: 'llama', seed: 3 }, sae: { architecture: 'standard' }, seed: 4 },
  });
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(outside);
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

it.each([
  ['posix', posixWords],
  ['powershell', powershellWords],
] as const)('repeats the whole run in %s', async (shell, wordsOf) => {
  const { source } = bundle;
  const run = { source, prompt: 'w4', maxTokens: 4, temperature: 0, seed: 1, edits };
  const commands = copyAsCommand(run, shell, directions).split(' && ').map(wordsOf);
  expect(commands.map(([name]) => name)).toEqual(['direction', 'direction', 'steer']);
  for (const [, ...words] of commands.slice(0, -1)) {
    const args = readArguments(words, direction.options);
    await direction.run({ engine, args, root: folder, status: () => undefined });
  }
  const [, ...words] = commands.at(-1) ?? [];
  const read = await readSteerCall(readArguments(words, steerOptions), folder);
  const [, ...used] = directions;
  for (const [n, { site: at, origin }] of used.entries()) {
    const params = { model: { model: source.model }, site: at, origin };
    const { direction: numbers } = await engine.direction(params, quiet);
    expect(read.edits[n]).toEqual({
      ...edits[n],
      ...{ direction: numbers, positions: { scope: 'all' } },
    });
  }
});
