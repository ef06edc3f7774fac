// The commands that measure what features do, `effects`, `ablation-map` and `likelihood`: what they print, for programs
// and for people.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Command, Output } from '../../../src/cli/command.ts';
import { ablationMap } from '../../../src/cli/commands/ablationMap.ts';
import { effects } from '../../../src/cli/commands/effects.ts';
import { inspect } from '../../../src/cli/commands/inspect.ts';
import { likelihood } from '../../../src/cli/commands/likelihood.ts';
import { readArguments } from '../../../src/cli/options.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { writeSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import { saeSite, writeBundle } from '../../fixtures/bundle.ts';
import { describeSae, randomTensors } from '../sae/randomSae.ts';

let folder: string;
let source: string[];
let file: string;
const text = 'w5 w6 w7 w8 w9';
const engine = Engine.create();

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-causes-'));
  const { source: written, sae } = await writeBundle(path.join(folder, 'model'), {
    decoder: { kind: 'llama', seed: 1 },
    sae: { architecture: 'jumprelu' },
    seed: 2,
  });
  source = ['--model', written.model, '--sae', sae];
  file = path.join(folder, 'text.txt');
  writeFileSync(file, text);
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
async function json<R>(command: Command, ...words: string[]): Promise<R> {
  const output = await run(command, ...words);
  return JSON.parse(JSON.stringify(output.json)) as R;
}

interface Likely {
  readonly id: number;
  readonly probability: number;
}
interface Change {
  readonly kl: number;
  readonly targetChange: number;
  readonly raised: readonly { readonly id: number; before: number; after: number }[];
  readonly lowered: readonly { readonly id: number; before: number; after: number }[];
}
interface Effects {
  readonly target: Likely & { readonly text: string };
  readonly baseline: readonly Likely[];
  readonly effects: readonly (Change & { readonly feature: number; readonly activation: number })[];
  readonly together: Change;
}

test('effects tells which features matter for the next token', async () => {
  const found = await json<Effects>(effects, '--prompt', text, '--top', '4', '--listed', '2');
  expect(found).toMatchObject({ from: 4, to: 5, readAt: 4 });
  expect([found.effects.length, found.baseline.length]).toEqual([4, 2]);
  expect(found.target).toMatchObject({ id: found.baseline[0]?.id });
  const { tokens } = await json<{ tokens: { features: { id: number; activation: number }[] }[] }>(inspect, file); // prettier-ignore
  const top = tokens.at(-1)?.features.slice(0, 4) ?? [];
  expect(new Set(found.effects.map(({ feature }) => feature))).toEqual(
    new Set(top.map(({ id }) => id)),
  );
  const sizes = found.effects.map(({ kl }) => kl);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  for (const { raised, lowered } of [...found.effects, found.together]) {
    expect([raised.length, lowered.length]).toEqual([2, 2]);
    for (const { before, after } of raised) expect(after).toBeGreaterThan(before);
    for (const { before, after } of lowered) expect(after).toBeLessThan(before);
  }
  const shown = await run(effects, '--prompt', text, '--top', '4');
  expect(shown.text).toMatch(/^Behind token 4: /);
  expect(shown.text).toMatch(/^ +all +\d\.\d{4} +[+-]\d\.\d{3}/m);
});

test('effects takes a stretch, a place to read at, a target and an order', async () => {
  const words = ['--prompt', text, '--top', '4'];
  const found = await json<Effects>(effects, ...words, '--at', '1-2', '--read-at', '3', '--target', ' w30', '--by', 'target', '--each'); // prettier-ignore
  expect(found).toMatchObject({ from: 1, to: 3, readAt: 3, target: { id: 30, text: 'w30' } });
  const sizes = found.effects.map(({ targetChange }) => Math.abs(targetChange));
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(await json(effects, ...words, '--at', '4')).toEqual(await json(effects, ...words));
  await expect(run(effects, ...words, '--at', 'x')).rejects.toThrow(/--at takes the number/);
  await expect(run(effects, ...words, '--by', 'x')).rejects.toThrow(/--by takes kl or target/);
  await expect(run(effects, ...words, '--at', '5')).rejects.toThrow(/no token with index 5/);
  await expect(run(effects)).rejects.toThrow(/--prompt is missing/);
});

test('ablation-map tells what every token loses without a feature', async () => {
  const { tokens } = await json<{ tokens: { loss: number; features: { id: number }[] }[] }>(inspect, file); // prettier-ignore
  const feature = String(tokens[1]?.features[0]?.id);
  const map = await json<{
    tokens: { index: number; text: string; baseline: number; ablated: number }[];
    meanChange: number;
  }>(ablationMap, file, '--feature', feature);
  expect(map.tokens.map(({ text: token }) => token.trim())).toEqual(text.split(' '));
  for (const [t, { index, baseline, ablated }] of map.tokens.entries()) {
    expect(index).toBe(t);
    expect(baseline).toBeCloseTo(tokens[t]?.loss ?? NaN, 3);
    if (t > 1) expect(ablated).not.toBe(baseline);
  }
  const shown = await run(ablationMap, file, '--feature', feature, '--limit', '2');
  expect(shown.text).toMatch(/^Without feature \d+ the mean loss of 5 tokens changes by [+-]/);
  expect(shown.text.split('\n')).toHaveLength(2 + 2 + 2);
  await expect(run(ablationMap, file)).rejects.toThrow(/--feature is missing/);
});

test('ablation-map says that a token which nothing precedes has no loss', async () => {
  const word = path.join(folder, 'word.txt');
  writeFileSync(word, 'w5');
  const sae = path.join(folder, 'no-bos');
  const activation = { architecture: 'jumprelu' } as const;
  const shape = { D: 32, F: 64, activation, applyBDecToInput: true, seed: 3, site: saeSite };
  await writeSaelens(sae, randomTensors(shape), { ...describeSae(shape), prependBos: false });
  const words = [word, '--feature', '3', '--model', path.join(folder, 'model'), '--sae', sae];
  const args = readArguments(words, ablationMap.options);
  const { text: shown } = await ablationMap.run({
    ...{ engine, args, root: folder, status: () => undefined },
  });
  expect(shown).toMatch(/^There is nothing to measure: .*; give a longer one\.$/);
});

test('likelihood judges a continuation with edits and without', async () => {
  const words = ['--prompt', 'w5 w6', '--continuation', ' w7 w8'];
  const judged = await json<{
    promptTokens: number;
    tokens: { id: number; baseline: number; steered: number }[];
    baseline: { sum: number; perplexity: number };
    steered: { sum: number; perplexity: number };
  }>(likelihood, ...words, '--edit', '7:clamp=20');
  const { promptTokens, tokens, baseline, steered } = judged;
  expect([promptTokens, tokens.map(({ id }) => id)]).toEqual([3, [7, 8]]);
  const sum = (side: 'baseline' | 'steered'): number =>
    tokens.reduce((total, token) => total + token[side], 0);
  expect(baseline.sum).toBeCloseTo(sum('baseline'), 6);
  expect(steered.sum).toBeCloseTo(sum('steered'), 6);
  expect(steered.perplexity).toBeCloseTo(Math.exp(steered.sum / 2), 6);
  expect(steered.sum).not.toBeCloseTo(baseline.sum, 2);
  const { tokens: later } = await json<typeof judged>(likelihood, ...words, '--edit', '7:clamp=20', '--scope', 'generated'); // prettier-ignore
  // The first token of the continuation is expected by the prompt, which is left alone.
  expect([later[0]?.steered, later[0]?.baseline]).toEqual([tokens[0]?.baseline, tokens[0]?.baseline]); // prettier-ignore
  const shown = await run(likelihood, ...words, '--edit', '7:clamp=20');
  expect(shown.text).toMatch(/^The continuation loses \d+\.\d{3} nats \(perplexity \d+\.\d{2}\)/m);
  await expect(run(likelihood, ...words)).rejects.toThrow(/--edit is missing/);
  await expect(run(likelihood, ...words, '--edit', '7:x')).rejects.toThrow(/is not an edit/);
});
