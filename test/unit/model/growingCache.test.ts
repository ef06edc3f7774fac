// A cache that grows gives the bits of a cache that is made anew in every run, whatever pieces a text comes in, and writes
// to nothing that somebody else remembers.
import { describe, expect, test } from 'vitest';
import { GrowingCache } from '../../../src/engine/model/growingCache.ts';
import type { KvCache } from '../../../src/engine/model/kvCache.ts';
import type { Program } from '../../../src/engine/model/program.ts';
import { recentCapacity } from '../../../src/engine/model/recentTokens.ts';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { nextLogits, openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import { manifest } from '../families/goldens.ts';
import { openGolden } from '../families/runs.ts';
import { bits } from '../onnx/decoderRuns.ts';

/** Exports that ask for the past's shape in every way there is, one with half-precision caches, one that takes the past whole. */
const appending = [
  'llama/optimum.onnx',
  'bloom/optimum.onnx',
  'gemma2/ort-session.onnx',
  'qwen3/torch-dynamo-past.onnx',
  'llama_aligned/fp16.onnx',
] as const;
const whole = ['llama_aligned/genai-fp32.onnx', 'gpt2/ort-attention.onnx'] as const;

async function open(file: string): Promise<Program> {
  const golden = manifest.files.find((each) => each.file === file);
  if (golden === undefined) throw new Error(`no file ${file}`);
  const { model: onnx, sites } = await openGolden(golden);
  return openSteerProgram({ onnx, sites, execution: { provider: 'cpu', threads: 1 } }, []);
}

const batch = 2;

/** [2, T] ids of positions [at, at + T), other ones in each row. */
function idsAt(at: number, T: number): Uint32Array {
  return Uint32Array.from({ length: batch * T }, (_, i) => {
    const row = Math.floor(i / T);
    return 3 + ((7 * (at + (i % T)) + 11 * row) % 40);
  });
}

function logits(outputs: OnnxTensors): Uint8Array {
  const tensor = outputs[nextLogits];
  if (tensor === undefined) throw new Error('no logits');
  return bits(tensor);
}

async function prefixOf(program: Program, T: number): Promise<KvCache> {
  const { cache } = await program.run({ ids: idsAt(0, T), batch });
  if (cache === undefined) throw new Error('no cache');
  return cache;
}

const bytesOf = ({ entries }: KvCache): Uint8Array[] =>
  [...entries.values()].map(({ tensor }) => bits(tensor).slice());

/** The same pieces with the whole cache given out and taken back in every run. */
async function expectedBits(
  program: Program,
  beginning: KvCache,
  pieces: readonly number[],
): Promise<Uint8Array[]> {
  const expected: Uint8Array[] = [];
  let cache: KvCache | undefined = beginning;
  for (const T of pieces) {
    const result = await program.run({ ids: idsAt(cache?.length ?? 0, T), batch, cache });
    cache = result.cache;
    expected.push(logits(result.outputs));
  }
  return expected;
}

describe.each([...appending, ...whole])('%s', (file) => {
  const takesRecent = appending.some((each) => each === file);
  /** Of several tokens only where the export reads them right in two rows. */
  const pieces = takesRecent
    ? [1, 1, 3, 1, 9, 2, ...new Array<number>(recentCapacity).fill(1), 40, 1, 1]
    : new Array<number>(20).fill(1);

  test('gives the bits of whole caches, and leaves what it began with alone', async () => {
    const program = await open(file);
    expect(program.noRecent(batch) !== undefined).toBe(takesRecent);
    const beginning = await prefixOf(program, 6);
    const before = bytesOf(beginning);
    const growing = new GrowingCache(beginning);
    const expected = await expectedBits(program, beginning, pieces);
    for (const [i, T] of pieces.entries()) {
      const outputs = await growing.read(program, { ids: idsAt(growing.length, T), batch });
      expect(logits(outputs)).toEqual(expected[i]);
    }
    expect(growing.length).toBe(6 + pieces.reduce((sum, T) => sum + T, 0));
    expect(bytesOf(beginning)).toEqual(before);
    program.dispose();
  });

  test('rows that go on as others do not write into each other', async () => {
    const program = await open(file);
    const beginning = await prefixOf(program, 6);
    const growing = new GrowingCache(beginning);
    const step = async (cache: GrowingCache, at: number): Promise<Uint8Array> =>
      logits(await cache.read(program, { ids: idsAt(at, 1), batch }));
    await step(growing, 6);
    await step(growing, 7);
    const [same, swapped] = [growing.rows([0, 1]), growing.rows([1, 0])];
    const other = await step(swapped, 30);
    await step(growing, 20);
    expect(await step(same, 8)).toEqual((await expectedBits(program, beginning, [1, 1, 1]))[2]);
    expect(await step(growing.rows([1, 0]).rows([1, 0]), 21)).toEqual(await step(growing, 21));
    expect(other).not.toEqual(await step(same, 30));
    program.dispose();
  });
});

test('what leaves the runtime for a token does not depend on how long the text is', async () => {
  const program = await open('llama/optimum.onnx');
  const sizes = await Promise.all(
    [6, 60].map(async (length) => {
      const cache = await prefixOf(program, length);
      const recent = program.noRecent(batch);
      if (recent === undefined) throw new Error('takes no recent tokens');
      const outputs = await program.append({ ids: idsAt(length, 1), batch, cache, recent });
      return Object.values(outputs).reduce((sum, { data }) => sum + data.byteLength, 0);
    }),
  );
  expect(sizes[1]).toBe(sizes[0]);
  program.dispose();
});
