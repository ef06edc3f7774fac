// SAEs written by the libraries that own the formats, and what those libraries compute with them: test/golden/saes,
// made by scripts/golden/sae. Both the graph and the TypeScript arithmetic have to give the same.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import { decode, encode } from '../../../src/engine/sae/encode.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { emitDecode } from '../../../src/engine/sae/subgraph/decode.ts';
import { emitEncode } from '../../../src/engine/sae/subgraph/encode.ts';
import { loadWeights } from '../../../src/engine/sae/weights.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';
import { get, largestDifference, runGraph } from './onnxRun.ts';

interface Golden {
  readonly format: string;
  readonly name: string;
  readonly folder: string;
  /** In the folder, where a file is the SAE. */
  readonly file?: string;
  readonly expected: string;
  readonly architecture: string;
  readonly site: string;
  readonly outputSite?: string;
}

const root = path.join(import.meta.dirname, '..', '..', 'golden', 'saes');
const { saes } = JSON.parse(readFileSync(path.join(root, 'manifest.json'), 'utf8')) as {
  readonly saes: readonly Golden[];
};

/** The files do not say what the input is to be multiplied by; the library goes on without, which is refused here. */
const incomplete = 'standard_expected_average_no_factor';

const goldens = saes.filter(({ name }) => name !== incomplete);

/** Of the largest value of a row: 24 rows of inputs between 0.01 and 30, float32 sums in another order. */
const tolerance = 1e-5;

interface Expected {
  readonly x: Tensor;
  readonly features: Tensor;
  readonly reconstruction: Tensor;
}

async function readExpected(file: string): Promise<Expected> {
  const { tensors } = await readSafetensors(path.join(root, file));
  const read = async (name: string): Promise<Tensor> => {
    const stored = tensors.get(name);
    if (stored === undefined) throw new Error(`${file} has no ${name}`);
    return readTensor(stored);
  };
  return {
    x: await read('x'),
    features: await read('features'),
    reconstruction: await read('reconstruction'),
  };
}

/** Largest difference of any row, in units of the larger of 1 and the row's largest value. */
function expectSame(actual: Tensor, expected: Tensor): void {
  expect(actual.data.length).toBe(expected.data.length);
  const width = expected.dims.at(-1) ?? 1;
  for (let row = 0; row < expected.data.length; row += width) {
    const wanted = expected.data.subarray(row, row + width);
    const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    const difference = largestDifference(actual.data.subarray(row, row + width), wanted);
    expect(difference / scale).toBeLessThan(tolerance);
  }
}

function expectSameActiveSet(actual: Tensor, expected: Tensor): void {
  const active = ({ data }: Tensor): number[] => [...data.keys()].filter((i) => (data[i] ?? 0) > 0);
  expect(active(actual)).toEqual(active(expected));
}

describe.each(goldens)('$format $name', ({ folder, file = '', expected, site, outputSite }) => {
  test('is what the library computes', async () => {
    const { x, features, reconstruction } = await readExpected(expected);
    const sae = await loadSae(path.join(root, folder, file));
    expect(sae).toMatchObject({ site, outputSite: outputSite ?? site });
    const weights = await loadWeights(sae);
    const f = encode(weights, x);
    expectSameActiveSet(f, features);
    expectSame(f, features);
    expectSame(decode(weights, x, features), reconstruction);
    const inGraph = await runGraph({ ...x, dims: [1, ...x.dims] }, (builder) => {
      const all = emitEncode(builder, sae, 'x');
      return { features: all, reconstruction: emitDecode(builder, sae, { x: 'x', features: all }) };
    });
    expectSameActiveSet(get(inGraph, 'features'), features);
    expectSame(get(inGraph, 'features'), features);
    expectSame(get(inGraph, 'reconstruction'), reconstruction);
  });
});

test('a factor that no file gives is asked for', async () => {
  const golden = saes.find(({ name }) => name === incomplete);
  await expect(loadSae(path.join(root, golden?.folder ?? ''))).rejects.toThrow(
    /multiplies its input by a factor .*expected_average_only_in.*activation_scaler\.json/,
  );
});
