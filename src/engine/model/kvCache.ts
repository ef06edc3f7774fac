// Keys and values of tokens already seen: what a decoder returns as `present.*` and takes back as `past_key_values.*`.
// Immutable; cutting makes a copy.
import { MonosemError } from '../../shared/errors.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';

/** Element types keys and values come in. */
type CacheData = Float32Array | Uint16Array;

export class KvCache {
  readonly batch: number;
  /** Tokens in it, P. */
  readonly length: number;
  /** By the name of the input that takes it, each [B, H, P, D / H]. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;

  constructor(batch: number, length: number, tensors: ReadonlyMap<string, OnnxTensor>) {
    this.batch = batch;
    this.length = length;
    this.tensors = tensors;
  }

  get byteLength(): number {
    let bytes = 0;
    for (const tensor of this.tensors.values()) bytes += cacheData(tensor).byteLength;
    return bytes;
  }

  /** The cache as it was after its first `length` tokens. Causality makes that a plain cut. */
  cut(length: number): KvCache {
    if (length === this.length) return this;
    const tensors = new Map<string, OnnxTensor>();
    for (const [name, tensor] of this.tensors) tensors.set(name, cutTensor(tensor, length));
    return new KvCache(this.batch, length, tensors);
  }
}

function cacheData(tensor: OnnxTensor): CacheData {
  const { data } = tensor;
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  throw new MonosemError(
    'unsupportedModel',
    `The model keeps its keys and values as ${tensor.type}, which is not supported; export it with float32 or float16 caches.`,
  );
}

/** [B, H, P, W] → [B, H, length, W]. */
function cutTensor(tensor: OnnxTensor, length: number): OnnxTensor {
  const [batch = 0, heads = 0, past = 0, width = 0] = tensor.dims;
  const source = cacheData(tensor);
  const size = batch * heads * length * width;
  const data = source instanceof Float32Array ? new Float32Array(size) : new Uint16Array(size);
  for (let row = 0; row < batch * heads; row++) {
    const from = row * past * width;
    data.set(source.subarray(from, from + length * width), row * length * width);
  }
  return { ...tensor, dims: [batch, heads, length, width], data } as OnnxTensor;
}
