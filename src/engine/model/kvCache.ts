// Keys and values of tokens already seen: what a decoder returns as `present.*` and takes back as `past_key_values.*`.
// Immutable; cutting makes a copy.
import { MonosemError } from '../../shared/errors.ts';
import { elementCount } from '../../shared/tensor.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';
import type { DecoderPast } from '../onnx/decoder/past.ts';

/** Element types keys and values come in. */
export type CacheData = Float32Array | Uint16Array;

export interface CacheEntry {
  readonly tensor: OnnxTensor;
  /** Dimensions that count rows and tokens: 0 and 2 in [B, H, P, W]. */
  readonly batchAxis: number;
  readonly tokenAxis: number;
}

export class KvCache {
  readonly batch: number;
  /** Tokens in it, P. */
  readonly length: number;
  /** By the name of the input that takes it. */
  readonly entries: ReadonlyMap<string, CacheEntry>;

  constructor(batch: number, length: number, entries: ReadonlyMap<string, CacheEntry>) {
    this.batch = batch;
    this.length = length;
    this.entries = entries;
  }

  get byteLength(): number {
    let bytes = 0;
    for (const { tensor } of this.entries.values()) bytes += cacheData(tensor).byteLength;
    return bytes;
  }

  /** The cache as it was after its first `length` tokens. Causality makes that a plain cut. */
  cut(length: number): KvCache {
    if (length === this.length) return this;
    const entries = new Map<string, CacheEntry>();
    for (const [name, entry] of this.entries) entries.set(name, cutEntry(entry, length));
    return new KvCache(this.batch, length, entries);
  }

  /** The cache of one row as that of several that have read the same so far. */
  repeated(batch: number): KvCache {
    return batch === this.batch ? this : this.rows(new Array<number>(batch).fill(0));
  }

  /** Some of its rows, in any order and as often as wanted. @param rows from 0 */
  rows(rows: readonly number[]): KvCache {
    const entries = new Map<string, CacheEntry>();
    for (const [name, entry] of this.entries) {
      entries.set(name, { ...entry, tensor: rowsOf(entry.tensor, entry.batchAxis, rows) });
    }
    return new KvCache(rows.length, this.length, entries);
  }
}

/** Sizes of the cache of some rows and tokens. */
export function pastDims({ dims }: DecoderPast, batch: number, tokens: number): number[] {
  return dims.map((dim) => (dim === 'batch' ? batch : dim === 'tokens' ? tokens : dim));
}

/** What stands for no tokens at all. */
export function emptyPast(past: DecoderPast, batch: number): OnnxTensor {
  const { type } = past;
  const sizes = pastDims(past, batch, 0);
  const length = elementCount(sizes);
  return type === 'float16'
    ? { type, dims: sizes, data: new Uint16Array(length) }
    : { type, dims: sizes, data: new Float32Array(length) };
}

export function cacheData(tensor: OnnxTensor): CacheData {
  const { data } = tensor;
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  throw new MonosemError(
    'unsupportedModel',
    `The model keeps its keys and values as ${tensor.type}, which is not supported; export it with float32 or float16 caches.`,
  );
}

/** [outer, P, inner] → [outer, length, inner] */
function cutEntry({ tensor, tokenAxis, batchAxis }: CacheEntry, length: number): CacheEntry {
  const past = tensor.dims[tokenAxis] ?? 0;
  const inner = elementCount(tensor.dims.slice(tokenAxis + 1));
  const resized = withSize(tensor, tokenAxis, length, (from, to, row) => {
    const at = row * past * inner;
    to.set(from.subarray(at, at + length * inner), row * length * inner);
  });
  return { tensor: resized, tokenAxis, batchAxis };
}

/** [outer, B, inner] → [outer, rows, inner], a copy. @param batchAxis the one of B */
export function rowsOf(tensor: OnnxTensor, batchAxis: number, rows: readonly number[]): OnnxTensor {
  const batch = tensor.dims[batchAxis] ?? 1;
  const inner = elementCount(tensor.dims.slice(batchAxis + 1));
  return withSize(tensor, batchAxis, rows.length, (from, to, outer) => {
    for (const [b, row] of rows.entries()) {
      const at = (outer * batch + row) * inner;
      to.set(from.subarray(at, at + inner), (outer * rows.length + b) * inner);
    }
  });
}

/** A tensor with another size along one axis; `fill` copies what belongs to each index of the axes before it. */
function withSize(
  tensor: OnnxTensor,
  axis: number,
  size: number,
  fill: (from: CacheData, to: CacheData, outer: number) => void,
): OnnxTensor {
  const dims = tensor.dims.map((old, at) => (at === axis ? size : old));
  const from = cacheData(tensor);
  const length = elementCount(dims);
  const to = from instanceof Float32Array ? new Float32Array(length) : new Uint16Array(length);
  const outer = elementCount(dims.slice(0, axis));
  for (let row = 0; row < outer; row++) fill(from, to, row);
  return { ...tensor, dims, data: to } as OnnxTensor;
}
