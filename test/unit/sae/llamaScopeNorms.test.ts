// Llama Scope with decoder norms in its sparsity and different scales of input and output, against the steps of
// OpenMOSS's loader in float64: first the scales go into the weights, then the norms of the scaled decoder.
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import { decode, encode } from '../../../src/engine/sae/encode.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { readDecoderRows } from '../../../src/engine/sae/rows.ts';
import { emitDecode } from '../../../src/engine/sae/subgraph/decode.ts';
import { emitEncode } from '../../../src/engine/sae/subgraph/encode.ts';
import { loadWeights } from '../../../src/engine/sae/weights.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { get, largestDifference, runGraph } from './onnxRun.ts';

const at = useTemporaryFolder();
const goldens = path.join(import.meta.dirname, '..', '..', 'golden', 'saes', 'llama_scope');
const [D, F] = [32, 64];

async function tensorsOf(file: string): Promise<(name: string) => Float32Array> {
  const { tensors } = await readSafetensors(file);
  const read = await Promise.all(
    [...tensors].map(async ([name, stored]) => [name, (await readTensor(stored)).data] as const),
  );
  const byName = new Map(read);
  return (name) => byName.get(name) ?? new Float32Array();
}

/** A transcoder whose input has norm 10.8 and whose output 4.5, turned into one with decoder norms. */
async function writeTranscoder(changes: object): Promise<string> {
  await cp(path.join(goldens, 'l15tc', 'Llama3_1-8B-Base-L15TC-8x'), at('tc'), { recursive: true });
  const file = at('tc', 'hyperparams.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...config, ...changes }));
  return at('tc');
}

/** What the loader makes of the weights, and then the plain formulas. */
function reference(pick: (name: string) => Float32Array, x: readonly number[]) {
  const [sIn, sOut] = [Math.sqrt(D) / 10.8125, Math.sqrt(D) / 4.5];
  const at = (name: string, i: number): number => pick(name)[i] ?? NaN;
  const W_d = Array.from({ length: F }, (_, i) =>
    Array.from({ length: D }, (__, d) => (at('decoder.weight', d * F + i) * sIn) / sOut),
  );
  const norms = W_d.map((row) => Math.hypot(...row));
  const features = norms.map((norm, i) => {
    const sum = x.reduce((total, value, d) => total + value * at('encoder.weight', i * D + d), 0);
    const z = (sum + at('encoder.bias', i) / sIn) * norm;
    return z > 0.3555 ? z : 0;
  });
  const rows = W_d.map((row, i) => row.map((value) => value / (norms[i] ?? NaN)));
  const reconstruction = Array.from({ length: D }, (_, d) =>
    features.reduce(
      (total, f, i) => total + f * (rows[i]?.[d] ?? NaN),
      at('decoder.bias', d) / sOut,
    ),
  );
  return { features, reconstruction, rows };
}

describe('decoder norms and two scales', () => {
  test('give the features and the reconstruction of the library, in the graph and outside', async () => {
    const sae = await loadSae(await writeTranscoder({ sparsity_include_decoder_norm: true }));
    const pick = await tensorsOf(sae.weightsFile);
    const given = (await tensorsOf(path.join(goldens, 'l15tc', 'expected.safetensors')))('x');
    const T = given.length / D;
    const x: Tensor = { dims: [T, D], data: given };
    const expected = Array.from({ length: T }, (_, t) =>
      reference(pick, [...given.subarray(t * D, (t + 1) * D)]),
    );
    const features = Float32Array.from(expected.flatMap((row) => row.features));
    const reconstruction = Float32Array.from(expected.flatMap((row) => row.reconstruction));
    const active = features.filter((f) => f > 0).length;
    expect(active).toBeGreaterThan(T);
    expect(active).toBeLessThan((T * F) / 2);

    const weights = await loadWeights(sae);
    const encoded = encode(weights, x);
    const scale = Math.max(...reconstruction.map(Math.abs), ...features);
    expect(largestDifference(encoded.data, features) / scale).toBeLessThan(1e-5);
    const decoded = decode(weights, x, encoded);
    expect(largestDifference(decoded.data, reconstruction) / scale).toBeLessThan(1e-5);
    expect([...encoded.data].map((f) => f > 0)).toEqual([...features].map((f) => f > 0));

    const graph = await runGraph({ dims: [1, T, D], data: given }, (builder) => {
      const f = emitEncode(builder, sae, 'x');
      return { features: f, reconstruction: emitDecode(builder, sae, { x: 'x', features: f }) };
    });
    expect(largestDifference(get(graph, 'features').data, features) / scale).toBeLessThan(1e-5);
    expect(largestDifference(get(graph, 'reconstruction').data, reconstruction) / scale).toBeLessThan(1e-5); // prettier-ignore

    // What steering moves by, per unit of activation.
    const rows = await readDecoderRows(sae, [7, 40]);
    const wanted = [7, 40].flatMap((i) => expected[0]?.rows[i] ?? []);
    expect(largestDifference(rows.data, Float32Array.from(wanted))).toBeLessThan(1e-6);
  });

  test('a transcoder that subtracts the bias of its output from its input is refused', async () => {
    const folder = await writeTranscoder({ apply_decoder_bias_to_pre_encoder: true });
    await expect(loadSae(folder)).rejects.toMatchObject({
      code: 'unsupportedSae',
      message: `The SAE ${folder} subtracts the bias of the place it writes to from the place it reads; choose one whose apply_decoder_bias_to_pre_encoder is false.`,
    });
  });
});
