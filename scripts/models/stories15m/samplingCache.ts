// The key-value cache of a sampling run, in the two parts that samplingGraph.ts reads. Now and then the recent part is
// settled: rows that have finished are dropped and the rest is laid out anew, one copy for many steps.
import * as ort from 'onnxruntime-node';
import type { LlamaShape } from './checkpoint.ts';

export type Tensors = Readonly<Record<string, ort.Tensor>>;

export class SamplingCache {
  readonly #shape: LlamaShape;
  readonly #settled: Record<string, ort.Tensor> = {};
  readonly #recent: Record<string, ort.Tensor> = {};
  #rows: number;
  #settledLength = 0;
  #recentLength = 0;

  constructor(shape: LlamaShape, rows: number) {
    this.#shape = shape;
    this.#rows = rows;
    for (const name of this.#names()) {
      this.#settled[name] = this.#tensor(name, new Float32Array(0), 0);
      this.#recent[name] = this.#tensor(name, new Float32Array(0), 0);
    }
  }

  get recentLength(): number {
    return this.#recentLength;
  }

  feeds(): Tensors {
    const length = BigInt64Array.of(BigInt(this.#settledLength));
    const feeds: Record<string, ort.Tensor> = { settled_length: new ort.Tensor('int64', length, [1]) };
    for (const name of this.#names()) {
      feeds[`settled.${name}`] = tensorOf(this.#settled, name);
      feeds[`recent.${name}`] = tensorOf(this.#recent, name);
    }
    return feeds;
  }

  /** Takes the grown recent part from a step's results. */
  advance(results: Tensors): void {
    for (const name of this.#names()) this.#recent[name] = tensorOf(results, `grown.${name}`);
    this.#recentLength += 1;
  }

  /** @param kept rows that stay, in order */
  settle(kept: readonly number[]): void {
    const { heads, dHead } = this.#shape;
    const from = this.#settledLength;
    const to = from + this.#recentLength;
    for (const name of this.#names()) {
      // A line is contiguous in both parts: one key dimension, or all values of a head.
      const lines = name.startsWith('key') ? heads * dHead : heads;
      const width = name.startsWith('key') ? 1 : dHead;
      const parts = { lines, settled: from * width, recent: this.#recentLength * width };
      const settled = floatsOf(tensorOf(this.#settled, name));
      const recent = floatsOf(tensorOf(this.#recent, name));
      this.#settled[name] = this.#tensor(name, join(settled, recent, kept, parts), to, kept.length);
      this.#recent[name] = this.#tensor(name, new Float32Array(0), 0, kept.length);
    }
    this.#rows = kept.length;
    this.#settledLength = to;
    this.#recentLength = 0;
  }

  #tensor(name: string, data: Float32Array, length: number, rows = this.#rows): ort.Tensor {
    const { heads, dHead } = this.#shape;
    const dims = name.startsWith('key')
      ? [rows, heads, dHead, length]
      : [rows, heads, length, dHead];
    return new ort.Tensor('float32', data, dims);
  }

  #names(): string[] {
    return Array.from({ length: this.#shape.layers }, (_, layer) => String(layer)).flatMap(
      (layer) => [`key.${layer}`, `value.${layer}`],
    );
  }
}

function tensorOf(tensors: Tensors, name: string): ort.Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`The sampling graph gave no ${name}.`);
  return tensor;
}

/** The values of a float32 tensor. */
export function floatsOf(tensor: ort.Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('A float32 tensor is expected.');
  return tensor.data;
}

/** For each kept row and each of its lines: the settled piece, then the recent piece. */
function join(
  settled: Float32Array,
  recent: Float32Array,
  kept: readonly number[],
  parts: { readonly lines: number; readonly settled: number; readonly recent: number },
): Float32Array {
  const width = parts.settled + parts.recent;
  const result = new Float32Array(kept.length * parts.lines * width);
  let target = 0;
  for (const row of kept) {
    for (let line = row * parts.lines; line < (row + 1) * parts.lines; line++) {
      const old = line * parts.settled;
      const fresh = line * parts.recent;
      result.set(settled.subarray(old, old + parts.settled), target);
      result.set(recent.subarray(fresh, fresh + parts.recent), target + parts.settled);
      target += width;
    }
  }
  return result;
}
