// Every site of a public pretrained export holds what Python's onnxruntime finds under the exporter's own names, also
// behind a KV cache, and the sites add up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../../../src/engine/model/program.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import { readOnnx } from '../../../src/engine/onnx/proto/protobuf.ts';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { discoverSites, type Sites } from '../../../src/engine/onnx/sites/sites.ts';
import { relativeError } from '../families/goldens.ts';
import { output } from './decoderRuns.ts';
import { file, golden, goldenValues, layers, multipliesExactly } from './minimind2.ts';

const ids = Uint32Array.from(golden.ids);
const last = ids.length - 1;
const D = 512;

let sites: Sites;
let program: Program;
let whole: OnnxTensors;
/** The last token alone, behind the cache of the others. */
let cached: OnnxTensors;
let expected: ReadonlyMap<string, ArrayLike<number>>;
/**
 * Largest relative error: another order of summation; where products of 8-bit numbers saturate, only that the right
 * place is read.
 */
let bound: number;

beforeAll(async () => {
  expected = await goldenValues();
  bound = (await multipliesExactly()) ? 1e-4 : 0.5;
  const model = await readOnnx(file);
  sites = discoverSites(model, layers);
  const overlay = new Overlay(model, sites);
  for (const name of sites.sites.keys()) overlay.builder.output(`site.${name}`, overlay.read(name));
  overlay.keepOutput('logits');
  overlay.keepCache();
  program = await Program.open(overlay, { threads: 1 });
  whole = (await program.run({ ids, batch: 1 })).outputs;
  const { cache } = await program.run({ ids: ids.subarray(0, last), batch: 1 });
  if (cache === undefined) throw new Error('no cache');
  cached = (await program.run({ ids: ids.subarray(last), batch: 1, cache })).outputs;
});
afterAll(() => {
  program.dispose();
});

/** The value at some positions of [1, T, width], of each position every n-th. */
function rows(outputs: OnnxTensors, name: string, positions: readonly number[]): number[] {
  const { dims, data } = output(outputs, name);
  const width = dims[2] ?? 0;
  const stride = name.endsWith('mlp.hook_post') ? golden.neuronStride : 1;
  return positions.flatMap((position) =>
    Array.from({ length: width / stride }, (_, i) => Number(data[position * width + i * stride])),
  );
}

function siteNames(): string[] {
  return [...sites.sites.keys()].filter((name) => !name.endsWith('hook_resid_pre'));
}

test('every site of every block, in one run', () => {
  expect(siteNames()).toHaveLength(1 + 7 * layers);
  const errors = siteNames().map((name): [string, number] => [
    name,
    relativeError(
      rows(whole, `site.${name}`, golden.positions),
      expected.get(`whole/${name}`) ?? [],
    ),
  ]);
  expect(errors.filter(([, error]) => !(error <= bound))).toEqual([]);
  expect(relativeError(rows(whole, 'logits', [last]), expected.get('logits') ?? [])).toBeLessThan(
    bound,
  );
});

test('the last token behind the KV cache of the others', () => {
  for (let layer = 0; layer < layers; layer++) {
    const name = `blocks.${layer}.hook_resid_post`;
    const error = relativeError(
      rows(cached, `site.${name}`, [0]),
      expected.get(`cached/${name}`) ?? [],
    );
    expect(error, name).toBeLessThan(bound);
  }
  const error = relativeError(rows(cached, 'logits', [0]), expected.get('cached/logits') ?? []);
  expect(error).toBeLessThan(bound);
});

describe('the sites of a block belong together', () => {
  const read = (layer: number, hook: string): Float32Array => {
    const { data } = output(whole, `site.blocks.${layer}.${hook}`);
    if (data instanceof Float32Array) return data;
    throw new Error(`${hook} is not float32`);
  };
  const sum = (a: Float32Array, b: Float32Array): Float32Array =>
    a.map((x, i) => Math.fround(x + (b[i] ?? NaN)));

  test.each(Array.from({ length: layers }, (_, layer) => layer))('block %i', (layer) => {
    const middle = read(layer, 'hook_resid_mid');
    const after = read(layer, 'hook_resid_post');
    // In float32, bit for bit.
    expect(middle).toEqual(sum(read(layer, 'hook_resid_pre'), read(layer, 'hook_attn_out')));
    expect(after).toEqual(sum(middle, read(layer, 'hook_mlp_out')));
    if (layer + 1 < layers) expect(read(layer + 1, 'hook_resid_pre')).toEqual(after);
    // The normalised stream is the stream times one number per token and one per channel, in float64.
    const normalized = read(layer, 'ln2.hook_normalized');
    const scales = middle.map((x, i) => ((normalized[i] ?? NaN) * rootMeanSquare(middle, i)) / x);
    for (let t = 1; t < ids.length; t++) {
      const [first, here] = [0, t].map((row) => scales.subarray(row * D, (row + 1) * D));
      expect(relativeError(here ?? [], first ?? [])).toBeLessThan(1e-4);
    }
  });

  /** √(mean x² + ε) of the token that a value belongs to; ε from config.json. */
  function rootMeanSquare(stream: Float32Array, index: number): number {
    const start = index - (index % D);
    let sumOfSquares = 0;
    for (let i = start; i < start + D; i++) sumOfSquares += (stream[i] ?? NaN) ** 2;
    return Math.sqrt(sumOfSquares / D + 1e-5);
  }
});
