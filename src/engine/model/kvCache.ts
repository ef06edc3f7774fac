// Keys and values of tokens already seen: what a decoder returns as `present.*` and takes back as `past_key_values.*`.
// Immutable; cutting makes a copy.
import { MonosemError } from '../../shared/errors.ts';
import { elementCount } from '../../shared/tensor.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';
import type { DecoderPast } from '../onnx/decoder/past.ts';

/** Element types keys and values come in. */
type CacheData = Float32Array | Uint16Array;

export interface CacheEntry {
  readonly tensor: OnnxTensor;
  /** Dimension that counts the tokens: 2 in [B, H, P, W]. */
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
}

/** What stands for no tokens at all. */
export function emptyPast({ type, dims }: DecoderPast, batch: number): OnnxTensor {
  const sizes = dims.map((dim) => (dim === 'batch' ? batch : dim === 'tokens' ? 0 : dim));
  const length = elementCount(sizes);
  return type === 'float16'
    ? { type, dims: sizes, data: new Uint16Array(length) }
    : { type, dims: sizes, data: new Float32Array(length) };
}

function cacheData(tensor: OnnxTensor): CacheData {
  const { data } = tensor;
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  throw new MonosemError(
    'unsupportedModel',
    `The model keeps its keys and values as ${tensor.type}, which is not supported; export it with float32 or float16 caches.`,
  );
}

/** [outer, P, inner] → [outer, length, inner] */
function cutEntry({ tensor, tokenAxis }: CacheEntry, length: number): CacheEntry {
  const dims = tensor.dims.map((size, axis) => (axis === tokenAxis ? length : size));
  const outer = elementCount(dims.slice(0, tokenAxis));
  const inner = elementCount(dims.slice(tokenAxis + 1));
  const past = tensor.dims[tokenAxis] ?? 0;
  const source = cacheData(tensor);
  const size = outer * length * inner;
  const data = source instanceof Float32Array ? new Float32Array(size) : new Uint16Array(size);
  for (let row = 0; row < outer; row++) {
    const from = row * past * inner;
    data.set(source.subarray(from, from + length * inner), row * length * inner);
  }
  return { tensor: { ...tensor, dims, data } as OnnxTensor, tokenAxis };
}
