// Keys and values of the tokens read last, in memory of their own. Tokens come first in it, so that one more is added at the
// end and nothing before it moves.
import { MonosemError } from '../../shared/errors.ts';
import { elementCount } from '../../shared/tensor.ts';
import type { DecoderPast } from '../onnx/decoder/past.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { cacheData, pastDims, rowsOf, type CacheData } from './kvCache.ts';
import { recentNames } from './recentInputs.ts';

/**
 * Most tokens there is room for. Every run moves them once more than it moves a cache; making a cache of them copies all
 * of it. A few hundred tokens into a text both cost about the same per token with 32.
 */
export const recentCapacity = 32;

interface Entry {
  readonly past: DecoderPast;
  /** Sizes of one token: the cache's without its token axis. */
  readonly dims: readonly number[];
  /** [recentCapacity, …dims]; empty as long as there are no tokens. */
  data: CacheData;
}

export class RecentTokens {
  readonly #entries: readonly Entry[];
  #length = 0;

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** No tokens yet. */
  static none(past: readonly DecoderPast[], batch: number): RecentTokens {
    return new RecentTokens(
      past.map((each) => ({
        past: each,
        dims: pastDims(each, batch, 1).filter((_, axis) => each.dims[axis] !== 'tokens'),
        data: newData(each, 0),
      })),
    );
  }

  /** Tokens in it, R. */
  get length(): number {
    return this.#length;
  }

  /** [R, …] by the name of the input that takes it. */
  get feeds(): OnnxTensors {
    return Object.fromEntries(
      this.#entries.map(({ past, dims, data }) => {
        const used = data.subarray(0, this.#length * elementCount(dims));
        return [recentNames.recent(past), tensorOf(past, [this.#length, ...dims], used)];
      }),
    );
  }

  /**
   * @param outputs of a run, with the new tokens [T, …] of every entry
   * @param tokens T, for which there is room
   */
  add(outputs: OnnxTensors, tokens: number): void {
    for (const entry of this.#entries) {
      const added = outputs[recentNames.appended(entry.past)];
      if (added === undefined) {
        throw new MonosemError('internal', `${entry.past.output} did not grow.`);
      }
      const size = elementCount(entry.dims);
      if (entry.data.length === 0) entry.data = newData(entry.past, recentCapacity * size);
      entry.data.set(cacheData(added), this.#length * size);
    }
    this.#length += tokens;
  }

  /** Some of its rows as new ones, in any order and as often as wanted. @param rows from 0 */
  rows(rows: readonly number[]): RecentTokens {
    const used = this.#length === 0 ? 0 : recentCapacity;
    const taken = new RecentTokens(
      this.#entries.map(({ past, dims, data }) => {
        const batchAxis = past.dims.filter((dim) => dim !== 'tokens').indexOf('batch') + 1;
        const all = tensorOf(past, [used, ...dims], data);
        const own = rowsOf(all, batchAxis, rows);
        return { past, dims: own.dims.slice(1), data: cacheData(own) };
      }),
    );
    taken.#length = this.#length;
    return taken;
  }
}

function newData({ type }: DecoderPast, length: number): CacheData {
  return type === 'float16' ? new Uint16Array(length) : new Float32Array(length);
}

function tensorOf({ type }: DecoderPast, dims: readonly number[], data: CacheData): OnnxTensor {
  return { type, dims, data } as OnnxTensor;
}
