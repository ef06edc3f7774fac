// Data for trainer tests: F unit directions in D < F dimensions, a few of them active per row with positive strength,
// around an offset that is far from 0. What is planted is known, so what is found can be scored.
import { Random } from '../../../src/engine/math/rng.ts';
import { normalizeRows } from '../../../src/engine/math/rows.ts';
import type { BatchSource } from '../../../src/engine/training/train.ts';

export interface Toy extends BatchSource {
  /** [F, D] */
  readonly directions: Float32Array;
  rows(count: number): Float32Array;
}

export function toySuperposition(F: number, D: number, active: number, seed: number): Toy {
  const random = new Random(seed);
  const directions = random.fillNormal(new Float32Array(F * D));
  normalizeRows(directions, D);
  const offset = random.fillNormal(new Float32Array(D), 0.5);
  const rows = (count: number): Float32Array => {
    const x = new Float32Array(count * D);
    for (let t = 0; t < count; t++) {
      x.set(offset, t * D);
      for (let n = 0; n < active; n++) {
        const from = random.below(F) * D;
        const strength = 4 + 4 * random.uniform();
        for (let d = 0; d < D; d++) {
          x[t * D + d] = (x[t * D + d] ?? 0) + strength * (directions[from + d] ?? 0);
        }
      }
    }
    return x;
  };
  return { directions, rows, nextBatch: (count) => Promise.resolve(rows(count)) };
}

/** Mean over the rows of `truth` of the largest cosine with a row of `found`; rows of both have length 1. */
export function meanMaxCosine(truth: Float32Array, found: Float32Array, D: number): number {
  let total = 0;
  for (let i = 0; i < truth.length; i += D) {
    let best = -1;
    for (let j = 0; j < found.length; j += D) {
      let cosine = 0;
      for (let d = 0; d < D; d++) cosine += (truth[i + d] ?? 0) * (found[j + d] ?? 0);
      best = Math.max(best, cosine);
    }
    total += best;
  }
  return total / (truth.length / D);
}
