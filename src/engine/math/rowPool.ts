// Drawing without replacement from the first rows of a matrix.
import type { Random } from './rng.ts';

export interface RowPool {
  /** [≥ size, D] */
  readonly data: Float32Array;
  readonly D: number;
  /** Rows that count. */
  readonly size: number;
}

/** Draws `count` ≤ size random rows → [count, D]; the remaining rows are moved to the front of the pool. */
export function takeRandomRows(pool: RowPool, count: number, random: Random): Float32Array {
  const { data, D } = pool;
  const taken = new Float32Array(count * D);
  for (let n = 0; n < count; n++) {
    const last = pool.size - 1 - n;
    const chosen = random.below(last + 1) * D;
    taken.set(data.subarray(chosen, chosen + D), n * D);
    data.copyWithin(chosen, last * D, (last + 1) * D);
  }
  return taken;
}
