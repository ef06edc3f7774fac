// `steer`, `sweep` and `direction`: what they make of their options, and what they print, for programs and for people.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command, Output } from '../../../src/cli/command.ts';
import { direction } from '../../../src/cli/commands/direction.ts';
import { steer } from '../../../src/cli/commands/steer.ts';
import { sweep } from '../../../src/cli/commands/sweep.ts';
import { readArguments } from '../../../src/cli/options.ts';
import { readSteerCall } from '../../../src/cli/steerCall.ts';
import { Engine, loadDirection } from '../../../src/engine/engine.ts';
import type {
  Continuation,
  SteeredSample,
  SteerParams,
  SweepResult,
} from '../../../src/shared/engineProtocol.ts';
import { copyAsCommand } from '../../../src/shared/steerCommand.ts';
import { writeBundle } from '../../fixtures/bundle.ts';

const site = 'blocks.1.hook_resid_post';
let folder: string;
let model: string[];
let source: string[];
const engine = Engine.create();

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-steering-'));
  const { source: written, sae } = await writeBundle(path.join(folder, 'model'), {
    decoder: { kind: 'llama', seed: 1 },
    sae: { architecture: 'jumprelu' },
    seed: 2,
  });
  model = ['--model', written.model];
  source = [...model, '--sae', sae];
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const run = (command: Command, ...words: string[]): Promise<Output> =>
  command.run({
    ...{ engine, root: folder, status: () => undefined },
    args: readArguments(words, command.options),
  });

/** As it is written out. */
async function json<Result>(command: Command, ...words: string[]): Promise<Result> {
  const output = await run(command, ...words);
  return JSON.parse(JSON.stringify(output.json)) as Result;
}

const call = (...words: string[]): Promise<SteerParams> =>
  readSteerCall(readArguments([...words, ...source], steer.options), folder);

test('steer takes every option', async () => {
  const params = await call(
    ...['--prompt', '-5 is w4', '--chat', '--tokens', '7', '--temperature', '0.7', '--seed', '3'],
    ...['--top-k', '40', '--top-p', '0.9', '--min-p', '0.05', '--repetition-penalty', '1.2'],
    ...['--frequency-penalty', '-0.5', '--presence-penalty=-1', '--stop', 'a', '--stop', '\n'],
    ...['--edit', '7:add=-2', '--edit', '9:ablate,prompt', '--scope', 'generated'],
    ...['--samples', '4', '--top', '5'],
  );
  const [sae] = params.source.saes;
  expect(params).toEqual({
    source: params.source,
    ...{ prompt: '-5 is w4', chat: true, maxTokens: 7, temperature: 0.7, seed: 3 },
    ...{ topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.2 },
    ...{ frequencyPenalty: -0.5, presencePenalty: -1, stop: ['a', '\n'], samples: 4, top: 5 },
    edits: [
      { sae, feature: 7, operation: 'add', amount: -2, positions: { scope: 'generated' } },
      { sae, feature: 9, operation: 'ablate', positions: { scope: 'prompt' } },
    ],
  });
});

test('steer leaves what is not said to the model', async () => {
  const params = await call('--prompt', 'w4', '--edit', '7:ablate');
  expect(Object.keys(params).sort()).toEqual(
    ['chat', 'edits', 'maxTokens', 'prompt', 'seed', 'source', 'temperature'],
  ); // prettier-ignore
});

test.each([
  [['--top-p', '2'], /--top-p takes a number from 0 to 1, not "2"/],
  [['--top-k', '1.5'], /--top-k takes a whole number of at least 0/],
  [['--frequency-penalty', '-3'], /--frequency-penalty takes a number from -2 to 2/],
  [['--samples', '0'], /--samples takes a whole number from 1 to 1000/],
  [['--direction', 'calm'], /--direction takes NAME=FILE\.safetensors/],
  [['--edit', 'calm@hook_embed:add=1'], /the direction "calm", which was not given/],
])('steer refuses %j', async (words, sentence) => {
  await expect(call('--prompt', 'w4', '--edit', '7:ablate', ...words)).rejects.toThrow(sentence);
});

test('a value that begins with a dash and is no number needs a sign, and is told so', () => {
  expect(() => readArguments(['--prompt', '-x'], steer.options)).toThrow(
    /^To specify an option argument starting with a dash use '--prompt=-XYZ'; see "monosem help"\.$/,
  );
});

test('steer writes several pairs, and shows what both models expected', async () => {
  const words = ['--prompt', 'w4 w5', '--tokens', '4', '--temperature', '1', '--samples', '2'];
  const edited = [...words, '--edit', '7:clamp=40', '--top', '3', ...source];
  type Step = SteeredSample['steps'][number] & {
    expected: { baseline: { id: number }[]; ranksInSteered: number[]; ranksInBaseline: number[] };
  };
  const { samples } = await json<{ samples: { steps: Step[] }[] }>(steer, ...edited);
  expect(samples).toHaveLength(2);
  const expected = samples[1]?.steps[0]?.expected;
  expect(expected?.baseline).toHaveLength(3);
  expect(expected?.ranksInSteered).toHaveLength(3);
  const { text } = await run(steer, ...edited);
  expect(text).toMatch(/^sample 1\n\nbaseline\n {2}w4 w5│/);
  expect(text).toMatch(/^sample 2$/m);
  expect(text).toMatch(/^step +baseline +p +rank steered +steered +p +rank baseline$/m);
  expect(text).toMatch(/^ +1 +·?w\d+ +\d+\.\d% +\d+( [↑↓]\d+)? +·?w\d+ +\d+\.\d% +\d+/m);
});

test('a run that was copied as a command writes the same texts again', async () => {
  const words = ['--prompt', "w4 w5's", '--tokens', '6', '--temperature', '1', '--samples', '2'];
  const sampling = ['--top-k', '20', '--presence-penalty', '-0.5', '--stop', ' w9', '--seed', '5'];
  const edits = ['--edit', '7:add=3,active', '--edit', '9:project=0,tokens=1-2'];
  const params = await call(...words, ...sampling, ...edits);
  const context = { signal: { aborted: false }, progress: (): void => undefined };
  const first = await engine.steer(params, context);
  const line = `monosem() { printf '%s\\0' "$@"; }\n${copyAsCommand(params)}`;
  const [, ...copied] = execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\0');
  const args = readArguments(copied.slice(0, -1), steer.options);
  expect(await engine.steer(await readSteerCall(args, folder), context)).toEqual(first);
  expect(first.samples).toHaveLength(2);
});

test('a prompt that the model continues alone has samples of their own seeds', async () => {
  const words = ['--prompt', 'w4 w5', '--tokens', '4', '--temperature', '1'];
  type Alone = { baseline: Continuation; steps: { expected?: { baseline: object[] } }[] };
  const asked = [...words, '--samples', '2', '--top', '2'];
  const alone = await json<{ samples: Alone[] }>(steer, ...asked, ...model);
  const second = await json<{ samples: Alone[] }>(steer, ...words, '--seed', '1', ...model);
  expect(alone.samples).toHaveLength(2);
  expect(alone.samples[1]?.baseline).toEqual(second.samples[0]?.baseline);
  expect(alone.samples[0]?.steps[0]?.expected?.baseline).toHaveLength(2);
  const { text } = await run(steer, ...asked, ...model);
  expect(text).toMatch(/^step +token +p$/m);
  const greedy = await json<{ samples: Alone[] }>(
    ...([steer, '--prompt', 'w4', '--tokens', '2', '--samples', '3', ...model] as const),
  );
  expect(greedy.samples).toHaveLength(1);
  expect(greedy.samples[0]?.steps[0]?.expected).toBeUndefined();
});

test('sweep gives one edit its strengths', async () => {
  const words = ['--prompt', 'w4 w5', '--tokens', '4', '--edit', '7:clamp=1', ...source];
  const { baseline, points } = await json<SweepResult>(sweep, ...words, '--amounts', '-40..40/3');
  expect(points.map(({ amount }) => amount)).toEqual([-40, 0, 40]);
  expect(baseline.kl).toBe(0);
  expect(points[2]?.kl).toBeGreaterThan(0);
  const { text } = await run(sweep, ...words);
  expect(text).toMatch(/^ *amount +KL +KL behind prompt +perplexity +repetition +text$/m);
  expect(text).toMatch(/^baseline +0\.000 +0\.000 +[\d.]+ +\d+% +w/m);
  expect(text.split('\n')).toHaveLength(2 + 1 + 9);
  // The other edit stays as it is.
  const both = [...words, '--edit', '9:scale=1', '--swept', '2', '--amounts', '1'];
  const [only] = (await json<SweepResult>(sweep, ...both)).points;
  const steered = await json<{ samples: SteeredSample[] }>(steer, ...words);
  expect(only?.continuation).toEqual(steered.samples[0]?.steered);
  await expect(run(sweep, ...words, '--swept', '2')).rejects.toThrow(/--swept takes a whole/);
  await expect(run(sweep, '--prompt', 'w4', ...source)).rejects.toThrow(/--edit is missing/);
});

test('sweep says of which texts there is nothing to measure', async () => {
  const words = ['--prompt', 'w4 w5', '--edit', '7:clamp=1', '--amounts', '0', ...source];
  const { text } = await run(sweep, ...words, '--tokens', '3');
  expect(text).toMatch(/^baseline +0\.000 +0\.000 +[\d.]+ +– +w/m);
  expect(text).toMatch(/\n\n– nothing to measure: .*, and repetition needs four tokens\.$/);
  const { text: longer } = await run(sweep, ...words, '--tokens', '4');
  expect(longer).not.toContain('nothing to measure');
});

describe('a direction', () => {
  test('is made of two texts, written and steered along', async () => {
    const out = path.join(folder, 'calm.safetensors');
    const texts = ['--more', 'w5 w9', '--less', 'w12 w3 w20', '--site', site];
    const made = await run(direction, ...texts, '--out', out, ...model);
    expect(made.json).toMatchObject({ site, out, D: 32, moreTokens: 2, lessTokens: 3 });
    expect(made.text).toMatch(/^direction \[32\] at .* written to .*; its length is \d+\.\d{3}, /);
    expect(await loadDirection(out)).toHaveLength(32);
    const steerAlong = async (...edit: string[]): Promise<SteeredSample | undefined> => {
      const words = ['--prompt', 'w4 w5', '--tokens', '4', ...edit.flatMap((e) => ['--edit', e])];
      const given = ['--direction', `calm=${out}:direction`, ...source];
      return (await json<{ samples: SteeredSample[] }>(steer, ...words, ...given)).samples[0];
    };
    const moved = await steerAlong(`calm@${site}:add=20`);
    expect(moved?.steps[0]?.kl).toBeGreaterThan(0);
    const still = await steerAlong(`calm@${site}:add=0`, `calm@${site}:project=1`);
    expect(still?.steered).toEqual(still?.baseline);
  });

  test('of texts that do not differ is refused', async () => {
    const texts = ['--more', 'w5', '--less', 'w5', '--site', site, '--out', 'x.safetensors'];
    await expect(run(direction, ...texts, ...model)).rejects.toThrow(/same mean at/);
    await expect(run(direction, '--site', site, ...model)).rejects.toThrow(/--out is missing/);
  });
});
