// The commands for whoever reads tokens closely, `ablate` and `compare`: what they print, for programs and for people.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Command, Output } from '../../../src/cli/command.ts';
import { ablate } from '../../../src/cli/commands/ablate.ts';
import { compare } from '../../../src/cli/commands/compare.ts';
import { inspect } from '../../../src/cli/commands/inspect.ts';
import { readArguments } from '../../../src/cli/options.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { writeBundle } from '../../fixtures/bundle.ts';

let folder: string;
let source: string[];
let text: string;
const engine = Engine.create();

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-reading-'));
  const { source: written, sae } = await writeBundle(path.join(folder, 'model'), {
    decoder: { kind: 'llama', seed: 1 },
    sae: { architecture: 'jumprelu' },
    seed: 2,
  });
  source = ['--model', written.model, '--sae', sae];
  text = path.join(folder, 'text.txt');
  writeFileSync(text, 'w5 w6\r\nw7\tw8 w9');
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

async function run(command: Command, ...words: string[]): Promise<Output> {
  const args = readArguments([...words, ...source], command.options);
  return command.run({ engine, args, root: folder, status: () => undefined });
}

/** As it is written out. */
async function json(command: Command, ...words: string[]): Promise<Record<string, unknown>> {
  const output = await run(command, ...words);
  return JSON.parse(JSON.stringify(output.json)) as Record<string, unknown>;
}

test('ablate shows what a feature does to the tokens behind it', async () => {
  const { tokens } = (await json(inspect, text)) as {
    tokens: { loss: number; features: { id: number; activation: number }[] }[];
  };
  const [top] = tokens[1]?.features ?? [];
  const words = [text, '--at', '1', '--feature', String(top?.id)];
  const effect = await json(ablate, ...words, '--tokens', '2', '--top', '3');
  expect(effect).toMatchObject({ token: 1, feature: top?.id, scope: 'here' });
  expect(effect['activation']).toBeCloseTo(top?.activation ?? NaN, 4);
  const behind = effect['tokens'] as { index: number; text: string; baseline: number; ablated: number }[]; // prettier-ignore
  expect(behind.map(({ index }) => index)).toEqual([2, 3]);
  expect(behind.map((token) => token.text.trim())).toEqual(['w7', 'w8']);
  for (const { index, baseline, ablated } of behind) {
    expect(baseline).toBeCloseTo(tokens[index]?.loss ?? NaN, 3);
    expect(ablated).not.toBe(baseline);
  }
  const next = effect['next'] as { kl: number; baseline: object[]; ablated: object[] };
  expect([next.baseline.length, next.ablated.length]).toEqual([3, 3]);
  expect(next.kl).toBeGreaterThan(0);
  expect(await json(ablate, ...words, '--onwards')).toMatchObject({ scope: 'onwards' });
  const shown = await run(ablate, ...words);
  expect(shown.text).toMatch(/^Behind it · KL \d+\.\d{4} nats$/m);
  expect(shown.text).toMatch(/^Loss changes by [+-]\d+\.\d{3} nats over 3 tokens\.$/m);
});

test('ablate explains a wrong call', async () => {
  const words = [text, '--at', '1'];
  await expect(run(ablate, ...words, '--feature', '96')).rejects.toThrow(/no feature 96/);
  await expect(run(ablate, ...words, '--feature', 'x')).rejects.toThrow(
    /--feature takes a whole number/,
  );
  await expect(run(ablate, ...words)).rejects.toThrow(/--feature is missing/);
  await expect(run(ablate, text)).rejects.toThrow(/Which token is meant is not said/);
});

test('compare tells what the second file has more and less of', async () => {
  const other = path.join(folder, 'other.txt');
  writeFileSync(other, readFileSync(text, 'utf8').replace('w7', 'w30'));
  const compared = await json(compare, text, other, '--limit', '3');
  expect(compared).toMatchObject({ leftTokens: 5, rightTokens: 5, commonTokens: 4 });
  const [changes] = compared['saes'] as {
    gained: { leftTotal: number; rightTotal: number }[];
    lost: { leftTotal: number; rightTotal: number }[];
    changed: { text: string; left: { start: number }; right: { start: number } }[];
  }[];
  expect([changes?.gained.length, changes?.lost.length]).toEqual([3, 3]);
  for (const { leftTotal, rightTotal } of changes?.gained ?? [])
    expect(rightTotal).toBeGreaterThan(leftTotal);
  for (const { leftTotal, rightTotal } of changes?.lost ?? [])
    expect(rightTotal).toBeLessThan(leftTotal);
  // The model reads from left to right: nothing changes before the third word.
  for (const { left, right } of changes?.changed ?? [])
    expect([left.start > 6, right.start - left.start]).toEqual([true, 1]);
  const same = await json(compare, text, text);
  expect(same['saes']).toMatchObject([{ gained: [], lost: [], changedTokens: 0, changed: [] }]);
  const shown = await run(compare, text, other);
  expect(shown.text).toMatch(/^A has 5 tokens, B has 5; 4 are in both\.\n\nGained\n *feature/);
});
