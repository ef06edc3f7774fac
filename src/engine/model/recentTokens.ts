// Keys and values of the tokens read last, in memory of their own that has room for more.
import { MonosemError } from '../../shared/errors.ts';
import { elementCount } from '../../shared/tensor.ts';
import type { DecoderPast } from '../onnx/decoder/past.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { cacheData, pastDims, rowsOf, type CacheData } from './kvCache.ts';
import { recentNames } from './recentInputs.ts';

/**
 * Most tokens there is room for. Every new one moves them; making a cache of them copies all of the text. A few hundred
 * tokens into a text both cost about the same per token with 32.
 */
export const recentCapacity = 32;

interface Entry {
  readonly past: DecoderPast;
  /** Room for the capacity, of which the beginning is in use; empty as long as there are no tokens. */
  data: CacheData;
}

export class RecentTokens {
  readonly #batch: number;
  readonly #entries: readonly Entry[];
  #length = 0;

  private constructor(batch: number, entries: readonly Entry[]) {
    this.#batch = batch;
    this.#entries = entries;
  }

  /** No tokens yet. */
  static none(past: readonly DecoderPast[], batch: number): RecentTokens {
    return new RecentTokens(
      batch,
      past.map((each) => ({ past: each, data: newData(each, 0) })),
    );
  }

  /** Tokens in it, R. */
  get length(): number {
    return this.#length;
  }

  /** By the name of the input that takes them. */
  get feeds(): OnnxTensors {
    return Object.fromEntries(
      this.#entries.map((entry) => [recentNames.recent(entry.past), this.#tensorOf(entry)]),
    );
  }

  /**
   * @param outputs of a run, with the new tokens of every entry
   * @param tokens how many, for which there is room
   */
  add(outputs: OnnxTensors, tokens: number): void {
    for (const entry of this.#entries) {
      const { past } = entry;
      const added = outputs[recentNames.appended(past)];
      if (added === undefined) throw new MonosemError('internal', `${past.output} did not grow.`);
      if (entry.data.length === 0) {
        entry.data = newData(past, elementCount(pastDims(past, this.#batch, recentCapacity)));
      }
      const perToken = elementCount(pastDims(past, 1, 1).slice(past.dims.indexOf('tokens')));
      append(entry.data, cacheData(added), {
        old: this.#length * perToken,
        new: tokens * perToken,
      });
    }
    this.#length += tokens;
  }

  /** Some of its rows as new ones, in any order and as often as wanted. @param rows from 0 */
  rows(rows: readonly number[]): RecentTokens {
    const taken = RecentTokens.none(
      this.#entries.map(({ past }) => past),
      rows.length,
    );
    taken.#length = this.#length;
    for (const [i, entry] of this.#entries.entries()) {
      const own = taken.#entries[i];
      if (own === undefined || this.#length === 0) continue;
      const { past } = entry;
      own.data = newData(past, elementCount(pastDims(past, rows.length, recentCapacity)));
      const all = this.#tensorOf(entry);
      own.data.set(cacheData(rowsOf(all, past.dims.indexOf('batch'), rows)));
    }
    return taken;
  }

  #tensorOf({ past, data }: Entry): OnnxTensor {
    const dims = pastDims(past, this.#batch, this.#length);
    const used = data.subarray(0, elementCount(dims));
    return { type: past.type, dims, data: used } as OnnxTensor;
  }
}

function newData({ type }: DecoderPast, length: number): CacheData {
  return type === 'float16' ? new Uint16Array(length) : new Float32Array(length);
}

/**
 * Puts a piece of `added` behind every piece of `data`: [outer, old] and [outer, new] become [outer, old + new], in place.
 * @param size elements of a piece
 */
function append(
  data: CacheData,
  added: CacheData,
  size: { readonly old: number; readonly new: number },
): void {
  const whole = size.old + size.new;
  // From the last one on, since each piece moves to where the next one was.
  for (let outer = added.length / size.new - 1; outer >= 0; outer--) {
    data.copyWithin(outer * whole, outer * size.old, (outer + 1) * size.old);
    const piece = added.subarray(outer * size.new, (outer + 1) * size.new);
    data.set(piece, outer * whole + size.old);
  }
}
