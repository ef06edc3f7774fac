// Mixes a stream of activations: consecutive tokens of a text are alike, and a batch should not be. Holds `capacity`
// rows, hands out random ones, and refills when half empty. The order depends on the stream and the seed alone.
import { takeRandomRows } from '../math/rowPool.ts';
import { Random } from '../math/rng.ts';
import type { BatchSource } from './train.ts';

export interface ShuffleOptions {
  /** Width of a row. */
  readonly D: number;
  /** Rows held; 4 · D · capacity bytes of memory. */
  readonly capacity: number;
  readonly seed: number;
}

export class ShuffleBuffer implements BatchSource {
  readonly #source: AsyncIterator<Float32Array>;
  readonly #options: ShuffleOptions;
  readonly #random: Random;
  readonly #pool: Float32Array;
  #size = 0;
  /** What of the last block did not fit. */
  #rest = new Float32Array(0);
  #hasEnded = false;

  /** @param source blocks of whole rows [n, D] */
  constructor(source: AsyncIterable<Float32Array>, options: ShuffleOptions) {
    this.#source = source[Symbol.asyncIterator]();
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#pool = new Float32Array(options.capacity * options.D);
  }

  async nextBatch(rows: number): Promise<Float32Array | undefined> {
    const { D, capacity } = this.#options;
    if (this.#size < Math.max(rows, capacity >> 1)) await this.#fill();
    const count = Math.min(rows, this.#size);
    if (count === 0) return undefined;
    const batch = takeRandomRows({ data: this.#pool, D, size: this.#size }, count, this.#random);
    this.#size -= count;
    return batch;
  }

  async #fill(): Promise<void> {
    const { D } = this.#options;
    while (this.#size * D < this.#pool.length && !this.#hasEnded) {
      if (this.#rest.length === 0) {
        const next = await this.#source.next();
        if (next.done === true) this.#hasEnded = true;
        else this.#rest = next.value.slice();
        continue;
      }
      const room = this.#pool.length - this.#size * D;
      const fitting = this.#rest.subarray(0, room);
      this.#pool.set(fitting, this.#size * D);
      this.#size += fitting.length / D;
      this.#rest = this.#rest.slice(fitting.length);
    }
  }
}
