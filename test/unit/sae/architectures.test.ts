// Every activation function and convention: the graph, the TypeScript arithmetic and float64 arithmetic written from
// the definitions agree.
import { expect, test } from 'vitest';
import { Random } from '../../../src/engine/math/rng.ts';
import { decode, encode } from '../../../src/engine/sae/encode.ts';
import { editedFeatureFeeds, readDecoderRows } from '../../../src/engine/sae/rows.ts';
import { emitDecode } from '../../../src/engine/sae/subgraph/decode.ts';
import { emitEditedFeatures } from '../../../src/engine/sae/subgraph/edited.ts';
import {
  emitEncode,
  emitTopAndFollowed,
  emitTopFeatures,
} from '../../../src/engine/sae/subgraph/encode.ts';
import { emitRescaledChange } from '../../../src/engine/sae/subgraph/input.ts';
import { emitTopK } from '../../../src/engine/sae/subgraph/topK.ts';
import { loadWeights } from '../../../src/engine/sae/weights.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { Reference, variants, writeVariant, type Shape, type Variant } from './everySae.ts';
import { get, largestDifference, runGraph } from './onnxRun.ts';
import { randomTensor } from './randomSae.ts';

const at = useTemporaryFolder();

const [B, T, D, F] = [2, 6, 40, 96];
/** Sums of 40 products of order 1 in float32. */
const tolerance = 1e-5;

const shapeOf = ({ isTranscoder }: Variant): Shape => ({
  D,
  DOut: isTranscoder ? 24 : D,
  F,
  site: 'blocks.1.hook_resid_mid',
  outputSite: isTranscoder ? 'blocks.1.hook_mlp_out' : 'blocks.1.hook_resid_mid',
});

/** Rows of different size, none of them centred. */
function inputs(): Tensor {
  const x = randomTensor(new Random(5), [B, T, D], 1);
  return { ...x, data: x.data.map((v, i) => (v + 0.4) * (0.5 + (Math.floor(i / D) % 3))) };
}

function rowsOf({ dims, data }: Tensor): number[][] {
  const width = dims.at(-1) ?? 1;
  return Array.from({ length: data.length / width }, (_, t) => [
    ...data.subarray(t * width, (t + 1) * width),
  ]);
}

const activeIn = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value, i) => (value > 0 ? i : -1)).filter((i) => i >= 0);

test.each(variants.flatMap((variant) => [13, 18].map((opset) => ({ ...variant, opset }))))(
  'encode and decode: $name, operators of version $opset',
  async ({ opset, ...variant }) => {
    const written = await writeVariant(at(), variant, shapeOf(variant), 31);
    const { sae } = written;
    const x = inputs();
    const reference = new Reference(variant, written);
    const rows = rowsOf(x);
    const f = rows.map((row) => reference.encode(row));
    const reconstruction = rows.map((row, t) => reference.decode(row, f[t] ?? []));
    const active = activeIn(f.flat());
    expect(active.length).toBeGreaterThan(B * T * 3);
    expect(active.length).toBeLessThan(B * T * F * 0.7);

    const flat = { dims: [B * T, D], data: x.data };
    const weights = await loadWeights(sae);
    const encoded = encode(weights, flat);
    expect(activeIn(encoded.data)).toEqual(active);
    expect(largestDifference(encoded.data, f.flat())).toBeLessThan(tolerance);
    const decoded = decode(weights, flat, encoded);
    expect(largestDifference(decoded.data, reconstruction.flat())).toBeLessThan(tolerance);

    const outputs = await runGraph(
      x,
      (builder) => {
        const features = emitEncode(builder, sae, 'x');
        const { values, indices } = emitTopFeatures(builder, sae, 'x', 10);
        const whole = emitTopK(builder, features, 10).values;
        return {
          features,
          values,
          indices,
          whole,
          decoded: emitDecode(builder, sae, { x: 'x', features }),
        };
      },
      { opset },
    );
    expect(activeIn(get(outputs, 'features').data)).toEqual(active);
    expect(largestDifference(get(outputs, 'features').data, f.flat())).toBeLessThan(tolerance);
    expect(get(outputs, 'decoded').dims).toEqual([B, T, sae.DOut]);
    expect(largestDifference(get(outputs, 'decoded').data, reconstruction.flat())).toBeLessThan(
      tolerance,
    );
    const strongest = f.flatMap((row) => [...row].sort((a, b) => b - a).slice(0, 10));
    const values = get(outputs, 'values').data;
    expect(largestDifference(values, strongest)).toBeLessThan(tolerance);
    // Where ranking goes before activation, not one bit may change.
    expect(largestDifference(values, get(outputs, 'whole').data)).toBe(0);
    const features = get(outputs, 'features').data;
    const indices = get(outputs, 'indices').data;
    const found = values.map((v, i) =>
      v > 0 ? (features[Math.floor(i / 10) * F + (indices[i] ?? NaN)] ?? NaN) : v,
    );
    expect(largestDifference(values, found)).toBe(0);
  },
);

test.each(variants.flatMap((variant) => [13, 18].map((opset) => ({ ...variant, opset }))))(
  'followed features beside the strongest: $name, operators of version $opset',
  async ({ opset, ...variant }) => {
    const { sae } = await writeVariant(at(), variant, shapeOf(variant), 33);
    const limit = 3;
    const ids = [95, 0, ...Array.from({ length: 30 }, (_, i) => 3 * i + 2)];
    const int64s = BigInt64Array.from(ids, BigInt);
    const outputs = await runGraph(
      inputs(),
      (builder) => {
        const features = builder.input('ids', 'int64', ['followed']);
        const { top, followed } = emitTopAndFollowed(builder, sae, 'x', { limit, features });
        const { values, indices } = emitTopFeatures(builder, sae, 'x', limit);
        const all = emitEncode(builder, sae, 'x');
        return { all, values, indices, followed, top: top.values, topIndices: top.indices };
      },
      { opset, feeds: { ids: { type: 'int64', dims: [ids.length], data: int64s } } },
    );
    expect(get(outputs, 'followed').dims).toEqual([B, T, ids.length]);
    const all = get(outputs, 'all').data;
    const expected = Array.from({ length: B * T }, (_, t) => ids.map((id) => all[t * F + id]));
    expect([...get(outputs, 'followed').data]).toEqual(expected.flat());
    expect(activeIn(get(outputs, 'followed').data).length).toBeGreaterThan(B * T);
    // Whether something is followed makes no difference to the strongest ones.
    expect(get(outputs, 'top').data).toEqual(get(outputs, 'values').data);
    expect(get(outputs, 'topIndices').data).toEqual(get(outputs, 'indices').data);
  },
);

test.each(variants)('single features and the directions they write: $name', async (variant) => {
  const written = await writeVariant(at(), variant, shapeOf(variant), 32);
  const { sae } = written;
  const x = inputs();
  const reference = new Reference(variant, written);
  const rows = rowsOf(x);
  const all = rows.map((row) => reference.encode(row));
  const [first = 0, second = 1] = activeIn(all[0] ?? []);
  const edited = [second, 90, first, 41, second];
  const directions = await readDecoderRows(sae, edited);
  const outputs = await runGraph(
    x,
    (builder) => {
      const f = emitEditedFeatures(builder, sae, 'x', 0);
      const change = builder.op('MatMul', [f, builder.constant(directions.data, directions.dims)]);
      return { f, change: emitRescaledChange(builder, sae, { x: 'x', change }) };
    },
    { feeds: await editedFeatureFeeds(sae, edited, 0) },
  );
  const expected = all.flatMap((row) => edited.map((feature) => row[feature] ?? NaN));
  expect(largestDifference(get(outputs, 'f').data, expected)).toBeLessThan(tolerance);
  expect(expected.some((value) => value > 0)).toBe(true);
  const changes = rows.flatMap((row, t) => {
    const change = new Array<number>(sae.DOut).fill(0);
    for (const feature of edited) {
      const step = reference.direction(row, feature);
      step.forEach((value, d) => {
        change[d] = (change[d] ?? NaN) + value * (all[t]?.[feature] ?? NaN);
      });
    }
    return change;
  });
  expect(largestDifference(get(outputs, 'change').data, changes)).toBeLessThan(tolerance);
});
