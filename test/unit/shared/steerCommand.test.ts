// A run as a command: whatever it holds, the shell and the reader of the command line give the same run back.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArguments } from '../../../src/cli/options.ts';
import { readSteerCall, steerOptions } from '../../../src/cli/steerCall.ts';
import { saveTensors } from '../../../src/engine/engine.ts';
import type { NamedDirection, SteerEdit, SteerParams } from '../../../src/shared/engineProtocol.ts';
import { copyAsCommand } from '../../../src/shared/steerCommand.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { posixWords, powershellWords } from './shellReaders.ts';

const model = path.resolve('/models/it’s "mine"');
const saes = [path.resolve('/saes/a b'), 'neurons:blocks.1.mlp.hook_post'];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "monosem-it's-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const readWords = ([name, ...words]: readonly string[]): Promise<SteerParams> => {
  expect(name).toBe('steer');
  return readSteerCall(readArguments(words, steerOptions), folder);
};

const readBack = async (
  params: SteerParams,
  directions: readonly NamedDirection[] = [],
): Promise<void> => {
  for (const [shell, words] of [
    ['posix', posixWords],
    ['powershell', powershellWords],
  ] as const) {
    const line = copyAsCommand(params, shell, directions);
    expect(await readWords(words(line))).toEqual(params);
  }
};

const plainest: SteerParams = {
  ...{ source: { model, saes }, prompt: 'Once', chat: false, maxTokens: 60, seed: 1 },
  temperature: 0,
  edits: [{ sae: saes[0] ?? '', feature: featureIndex(7), operation: 'ablate', positions: { scope: 'all' } }], // prettier-ignore
};

// What a process is given is UTF-8 without NUL.
const texts = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.constantFrom("'", '’', '"', '\\', '$x', '`', '-', '--', ' ', '\n', '%', '!', '@', ',', ';', '*', 'é')).map((parts) => parts.join('')), // prettier-ignore
  )
  .filter((text) => !text.includes('\0') && !/\p{Cs}/u.test(text));
const amounts = fc.double({ noNaN: true, noDefaultInfinity: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
// The sign of zero means nothing here.
const penalty = fc.double({ min: -2, max: 2, noNaN: true }).map((value) => value + 0);
const positions = fc.oneof(
  fc.constantFrom({ scope: 'all' }, { scope: 'prompt' }, { scope: 'generated' }),
  fc.constantFrom({ skipSpecial: true }, { scope: 'prompt', ranges: [{ from: 2, to: 5 }] }),
);
const edits = fc.record({
  sae: fc.constantFrom(...saes),
  feature: fc.nat(9999).map(featureIndex),
  operation: fc.constantFrom('add', 'clamp', 'scale', 'project', 'cap'),
  amount: amounts,
  positions,
}) as fc.Arbitrary<SteerEdit>;
const runs = fc.record(
  {
    source: fc.record(
      {
        ...{
          model: fc.constant(model),
          saes: fc.constant(saes),
          variant: fc.constant('onnx/m.onnx'),
        },
        ...{ provider: fc.constantFrom('auto', 'cpu'), deviceId: fc.nat(255) },
      },
      { requiredKeys: ['model', 'saes'] },
    ),
    ...{
      prompt: texts,
      chat: fc.boolean(),
      edits: fc.array(edits, { minLength: 1, maxLength: 4 }),
    },
    ...{ maxTokens: fc.integer({ min: 1, max: 100_000 }), seed: fc.nat(), top: fc.integer({ min: 1, max: 1000 }) }, // prettier-ignore
    ...{ temperature: fc.double({ min: 0, max: 100, noNaN: true }), topK: fc.nat() },
    ...{ topP: share, minP: share, repetitionPenalty: fc.double({ min: 0.01, max: 100, noNaN: true }) }, // prettier-ignore
    ...{ frequencyPenalty: penalty, presencePenalty: penalty },
    ...{ stop: fc.array(texts, { minLength: 1, maxLength: 3 }), samples: fc.integer({ min: 2, max: 1000 }) }, // prettier-ignore
  },
  { requiredKeys: ['source', 'prompt', 'chat', 'edits', 'maxTokens', 'seed', 'temperature'] },
) as fc.Arbitrary<SteerParams>;

test('a command reads as the run it was made of', async () => {
  await fc.assert(
    fc.asyncProperty(runs, (run) => readBack(run)),
    { numRuns: 60 },
  );
});

test('a command is as plain as it can be', () => {
  expect(
    copyAsCommand({
      ...plainest,
      source: { model: '/m', saes: ['/s'] },
      edits: [{ ...plainest.edits[0], sae: '/s' } as SteerEdit],
    }),
  ).toBe(
    // prettier-ignore
    "monosem steer --model /m --sae /s --prompt Once --edit '7:ablate' --tokens 60 --temperature 0 --seed 1",
  );
});

const along = { site: 'hook_embed', name: 'calm', operation: 'add', amount: -2 } as const;

test('a run along a direction from a file names the file', async () => {
  const file = path.join(folder, 'calm: it.safetensors');
  const direction = Float32Array.of(1, -2);
  await saveTensors(file, { v: { dims: [2], data: direction } }, {});
  const edit: SteerEdit = { ...along, direction, positions: { scope: 'generated' } };
  const params = { ...plainest, edits: [edit, edit] };
  const calm = { name: 'calm', site: 'hook_embed', origin: { file, tensor: 'v' } };
  await readBack(params, [{ ...calm, name: 'unused' }, calm]);
  expect(() => copyAsCommand(params)).toThrow(/^There is no direction "calm" here; make it first/);
  for (const unreadable of ['/a.safetensors:b/c.safetensors', '/calm.bin']) {
    const origin = { file: unreadable };
    expect(() => copyAsCommand(params, 'posix', [{ ...calm, origin }])).toThrow(
      /^No command can name \S+, because its path/,
    );
  }
});

test('a run that goes on is one longer run', () => {
  const text = { tokens: [1, 2, 3], end: 'length' } as never;
  const line = copyAsCommand({ ...plainest, continuing: [{ baseline: text, steered: text }] });
  expect(line).toContain('--tokens 63');
});

test('a text that no program can be given is refused', () => {
  expect(() => copyAsCommand({ ...plainest, prompt: 'a\0b' })).toThrow(
    /^The text of --prompt holds a NUL character, which no command can take; remove it\.$/,
  );
});

test('without edits it is a plain continuation, which takes no SAE', () => {
  expect(copyAsCommand({ ...plainest, source: { model: '/m', saes: ['/s'] }, edits: [] })).toBe(
    'monosem steer --model /m --prompt Once --tokens 60 --temperature 0 --seed 1',
  );
});
