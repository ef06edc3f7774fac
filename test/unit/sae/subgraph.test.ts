// The graph against the reference maths, in onnxruntime, on random SAEs of every architecture.
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { StoredTensor } from '../../../src/engine/files/storedTensor.ts';
import { widenHalf, narrowToHalf } from '../../../src/engine/math/half.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import { topK } from '../../../src/engine/math/topK.ts';
import type { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { decode, encode, preActivations } from '../../../src/engine/sae/encode.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { editedFeatureFeeds } from '../../../src/engine/sae/rows.ts';
import type { Sae, SaeVector } from '../../../src/engine/sae/sae.ts';
import { emitDecode } from '../../../src/engine/sae/subgraph/decode.ts';
import { emitEditedFeatures } from '../../../src/engine/sae/subgraph/edited.ts';
import { emitEncode, emitTopFeatures } from '../../../src/engine/sae/subgraph/encode.ts';
import { emitTopK } from '../../../src/engine/sae/subgraph/topK.ts';
import { loadWeights } from '../../../src/engine/sae/weights.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { get, largestDifference, runGraph } from './onnxRun.ts';
import { randomTensor, writeRandomSae, type RandomSae, storedOf } from './randomSae.ts';

const at = useTemporaryFolder();

/** B · T rows of D = 48; sums of 48 products of order 1 leave about 1e-6 of rounding in float32. */
const tolerance = 1e-5;
const closeToThreshold = 1e-6;
const [B, T] = [2, 9];

const activations: readonly RandomSae['activation'][] = [
  { architecture: 'standard' },
  { architecture: 'jumprelu' },
  { architecture: 'topk', k: 7 },
  { architecture: 'topk', k: 60 },
];
const cases = activations.flatMap((activation, index) =>
  [true, false].map((applyBDecToInput): RandomSae => ({
    D: 48,
    F: 100,
    activation,
    applyBDecToInput,
    seed: 10 + index,
  })),
);

function stored(vector: SaeVector | undefined): StoredTensor {
  if (vector !== undefined && 'file' in vector) return vector;
  throw new Error('no stored vector');
}

/** x [B · T, D] as the batch that graphs read. */
const run = (
  x: Tensor,
  emit: (builder: GraphBuilder) => Readonly<Record<string, string>>,
  feeds: OnnxTensors = {},
): Promise<Readonly<Record<string, Tensor>>> =>
  runGraph({ ...x, dims: [B, T, x.dims.at(-1) ?? 0] }, emit, { feeds });

/** Distance of each pre-activation [T, F] from where its activation switches on. */
function margins(sae: Sae, z: Float32Array, threshold: Float32Array | undefined): Float32Array {
  const out = new Float32Array(z.length);
  for (let row = 0; row < z.length; row += sae.F) {
    const kth =
      sae.activation.kind === 'topk'
        ? topK(z, sae.activation.k + 1, row, sae.F).values.slice(-2)
        : undefined;
    for (let j = 0; j < sae.F; j += 1) {
      const value = z[row + j] ?? NaN;
      const edges = [0, ...(kth ?? []), ...(threshold ? [threshold[j] ?? NaN] : [])];
      // The k-th value itself is an edge for itself; what counts is the gap to its neighbour.
      const distances = edges.map((edge) => Math.abs(value - edge)).filter((d) => d > 0);
      out[row + j] = Math.min(...distances);
    }
  }
  return out;
}

test.each(cases)(
  'encode and decode: $activation, b_dec subtracted: $applyBDecToInput',
  async (made) => {
    const tensors = await writeRandomSae(at('sae'), made);
    const sae = await loadSae(at('sae'));
    const weights = await loadWeights(sae);
    const x = randomTensor(new Random(99), [B * T, sae.D], 1);
    const f = encode(weights, x);
    const outputs = await run(x, (builder) => {
      const features = emitEncode(builder, sae, 'x');
      return { features, reconstruction: emitDecode(builder, sae, { x: 'x', features }) };
    });
    const features = get(outputs, 'features');
    expect(features.dims).toEqual([B, T, sae.F]);
    expect(largestDifference(features.data, f.data)).toBeLessThan(tolerance);
    expect(get(outputs, 'reconstruction').dims).toEqual([B, T, sae.D]);
    const reconstruction = decode(weights, x, f);
    expect(
      largestDifference(get(outputs, 'reconstruction').data, reconstruction.data),
    ).toBeLessThan(tolerance);
    const z = preActivations(weights, x);
    const margin = margins(sae, z.data, tensors.threshold?.data);
    let active = 0;
    for (let i = 0; i < f.data.length; i += 1) {
      const isActive = (f.data[i] ?? 0) > 0;
      if (isActive) active += 1;
      if ((margin[i] ?? 0) > closeToThreshold) {
        expect((features.data[i] ?? 0) > 0).toBe(isActive);
      }
    }
    expect(active).toBeGreaterThan(B * T);
    expect(active).toBeLessThan(f.data.length * 0.7);
  },
);

test.each(cases)(
  'the strongest features: $activation, b_dec subtracted: $applyBDecToInput',
  async (made) => {
    await writeRandomSae(at('sae'), made);
    const sae = await loadSae(at('sae'));
    const x = randomTensor(new Random(98), [B * T, sae.D], 1);
    for (const limit of [1, 5, 20, 1000]) {
      const K = Math.min(limit, sae.F);
      const outputs = await run(x, (builder) => {
        const top = emitTopFeatures(builder, sae, 'x', limit);
        const all = emitEncode(builder, sae, 'x');
        const reference = emitTopK(builder, all, K);
        return { ...top, all, reference: reference.values };
      });
      const values = get(outputs, 'values');
      const indices = get(outputs, 'indices');
      expect(values.dims).toEqual([B, T, K]);
      expect(indices.dims).toEqual([B, T, K]);
      expect([...values.data]).toEqual([...get(outputs, 'reference').data]);
      const all = get(outputs, 'all').data;
      values.data.forEach((value, i) => {
        if (value > 0) {
          const row = Math.floor(i / K) * sae.F;
          expect(all[row + (indices.data[i] ?? NaN)]).toBe(value);
        }
      });
    }
  },
);

test.each(cases)(
  'edited features alone equal those of the whole: $activation, b_dec subtracted: $applyBDecToInput',
  async (made) => {
    await writeRandomSae(at('sae'), made);
    const sae = await loadSae(at('sae'));
    const x = randomTensor(new Random(97), [B * T, sae.D], 1);
    const edited = [17, 3, 99, 17, 50];
    const outputs = await run(
      x,
      (builder) => ({
        some: emitEditedFeatures(builder, sae, 'x', 0),
        all: emitEncode(builder, sae, 'x'),
      }),
      await editedFeatureFeeds(sae, edited, 0),
    );
    const some = get(outputs, 'some');
    const all = get(outputs, 'all').data;
    expect(some.dims).toEqual([B, T, edited.length]);
    const expected = Float32Array.from({ length: B * T * edited.length }, (_, i) => {
      const row = Math.floor(i / edited.length);
      return all[row * sae.F + (edited[i % edited.length] ?? NaN)] ?? NaN;
    });
    expect(largestDifference(some.data, expected)).toBeLessThan(
      sae.activation.kind === 'topk' ? Number.MIN_VALUE : tolerance,
    );
    expect(expected.some((value) => value > 0)).toBe(true);
  },
);

test('topk keeps exactly k where pre-activations tie, the lower ids first', async () => {
  const made: RandomSae = {
    D: 48,
    F: 100,
    activation: { architecture: 'topk', k: 7 },
    applyBDecToInput: false,
    seed: 3,
  };
  await writeRandomSae(at('sae'), made);
  const sae = await loadSae(at('sae'));
  const zero = { dims: [B * T, sae.D], data: new Float32Array(B * T * sae.D) };
  // Input 0 leaves z = b_enc; all biases equal makes every feature tie.
  const b_enc = stored(sae.b_enc);
  const file = b_enc.file;
  const bytes = await readFile(file);
  for (let j = 0; j < sae.F; j += 1) bytes.writeFloatLE(1.5, b_enc.offset + 4 * j);
  await writeFile(file, bytes);
  const outputs = await run(zero, (builder) => ({ f: emitEncode(builder, sae, 'x') }));
  const expected = encode(await loadWeights(sae), zero);
  expect([...get(outputs, 'f').data]).toEqual([...expected.data]);
  expect([...expected.data.subarray(0, 9)]).toEqual([1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 0, 0]);
});

test('half-precision weights are widened in the graph as in memory', async () => {
  const made: RandomSae = {
    D: 16,
    F: 40,
    activation: { architecture: 'jumprelu' },
    applyBDecToInput: true,
    seed: 4,
  };
  const tensors = await writeRandomSae(at('sae'), made);
  const names = ['W_enc', 'b_enc', 'W_dec', 'b_dec', 'threshold'] as const;
  const header: Record<string, object> = {};
  const parts: Buffer[] = [];
  let position = 0;
  for (const name of names) {
    const bits = narrowToHalf(tensors[name]?.data ?? new Float32Array(0));
    const end = position + bits.byteLength;
    header[name] = { dtype: 'F16', shape: tensors[name]?.dims, data_offsets: [position, end] };
    parts.push(Buffer.from(bits.buffer));
    position = end;
  }
  // An odd header length puts every tensor at an unaligned offset.
  const json = Buffer.from(JSON.stringify(header));
  const text = Buffer.concat([json, Buffer.alloc(json.length % 2 === 0 ? 1 : 2, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await writeFile(at('sae', 'sae_weights.safetensors'), Buffer.concat([length, text, ...parts]));
  const sae = await loadSae(at('sae'));
  const W_enc = storedOf(sae.W_enc);
  expect(W_enc).toMatchObject({ type: 'float16' });
  expect(W_enc.offset % 2).toBe(1);
  const weights = await loadWeights(sae);
  expect([...weights.b_dec]).toEqual([...widenHalf(narrowToHalf(tensors.b_dec.data))]);
  const x = randomTensor(new Random(96), [B * T, sae.D], 1);
  const outputs = await run(x, (builder) => ({ f: emitEncode(builder, sae, 'x') }));
  expect(largestDifference(get(outputs, 'f').data, encode(weights, x).data)).toBeLessThan(
    tolerance,
  );
});
