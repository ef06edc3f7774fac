// The small models of test/golden/families: one folder per family, one .onnx per exporter's dialect, reference values
// from the transformers library (scripts/golden makes all of it).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';

const home = fileURLToPath(new URL('../../golden/families/', import.meta.url));

export interface GoldenFile {
  readonly family: string;
  readonly dialect: string;
  readonly file: string;
  readonly exporter: string;
  /** e.g. `fp32`, `int4 in fp16` */
  readonly precision: string;
  readonly kvCache: boolean;
  /** Right only for one token behind a cache. */
  readonly singleToken: boolean;
  /** Largest |logit − reference| of the file in Python's onnxruntime. */
  readonly exporterError?: number;
  readonly notes: string;
  /** What plain onnxruntime says where it cannot run the file on the CPU. */
  readonly runError?: string;
  /** Values of this very file, from Python's onnxruntime. */
  readonly values?: string;
}

export interface GoldenFamily {
  readonly family: string;
  readonly modelType: string;
  readonly layers: number;
  readonly parallel: boolean;
  readonly notes: string;
}

interface Manifest {
  readonly families: readonly GoldenFamily[];
  readonly files: readonly GoldenFile[];
  /** What an exporter could not make, in its own words. */
  readonly unsupported: readonly {
    readonly family: string;
    readonly dialect: string;
    readonly reason: string;
  }[];
}

export const manifest = JSON.parse(
  readFileSync(path.join(home, 'manifest.json'), 'utf8'),
) as Manifest;

export function goldenPath(file: string): string {
  return path.join(home, file);
}

export function familyOf({ family }: GoldenFile): GoldenFamily {
  const found = manifest.families.find((each) => each.family === family);
  if (found === undefined) throw new Error(`${family} is not in the manifest`);
  return found;
}

/** Token ids [T] and values [1, T, …] by site; `logits` among them. */
export interface Reference {
  readonly ids: Uint32Array;
  readonly values: ReadonlyMap<string, Tensor>;
}

export async function readReference(file: string): Promise<Reference> {
  const { tensors } = await readSafetensors(goldenPath(file));
  const values = new Map<string, Tensor>();
  let ids = new Uint32Array();
  for (const [name, stored] of tensors) {
    if (name === 'ids') ids = readIds(stored);
    else values.set(name, await readTensor(stored));
  }
  return { ids, values };
}

function readIds({
  file,
  offset,
  length,
}: {
  file: string;
  offset: number;
  length: number;
}): Uint32Array<ArrayBuffer> {
  const bytes = readFileSync(file).subarray(offset, offset + length);
  const count = length / 8;
  return Uint32Array.from({ length: count }, (_, i) => Number(bytes.readBigInt64LE(i * 8)));
}

/**
 * max |actual − expected| ÷ max |expected|: the scale is that of the whole tensor, since the rounding of a sum is as
 * large as its largest terms, not as its result.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let error = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a = NaN, e = NaN] = [actual[i], expected[i]];
    if (!Number.isFinite(a)) return Infinity;
    error = Math.max(error, Math.abs(a - e));
    scale = Math.max(scale, Math.abs(e));
  }
  return scale === 0 ? error : error / scale;
}
