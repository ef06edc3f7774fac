// Sparse feature activations in compressed rows, and the activation functions that produce them from dense
// pre-activations. A trainer that keeps about 30 of thousands of features does its decoder and both gradients on these
// lists (the sparse kernels of Gao et al. 2024, "Scaling and evaluating sparse autoencoders", section 2.5), so that
// the encoder product is the only dense one.
// Trick used throughout: positive float32 values are ordered like their bit patterns read as integers.
import { topK } from './topK.ts';

/** Row t holds entries rowStart[t] … rowStart[t + 1] of `feature` and `value`; all values are positive. */
export interface SparseCodes {
  readonly rows: number;
  /** [rows + 1] */
  readonly rowStart: Uint32Array;
  readonly feature: Uint32Array;
  readonly value: Float32Array;
}

/** Buckets of a histogram over the 16 leading bits of positive floats: 2^7 buckets per factor of two. */
export const histogramBuckets = 1 << 15;
const bucketShift = 16;

/** Adds the positive entries of z to `histogram` (length `histogramBuckets`). */
export function addToHistogram(z: Float32Array, histogram: Uint32Array): void {
  const bits = new Int32Array(z.buffer, z.byteOffset, z.length);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i];
    if (b > 0) histogram[b >> bucketShift]++;
  }
}

/**
 * The value above which `count` of the histogram's entries lie, interpolated linearly inside its bucket; 0 when there
 * are no more than `count` entries.
 */
export function valueAtCount(histogram: Uint32Array, count: number): number {
  let above = 0;
  for (let bucket = histogramBuckets - 1; bucket >= 0; bucket--) {
    const inside = histogram[bucket];
    if (above + inside > count) {
      const low = floatOfBits(bucket << bucketShift);
      const high = floatOfBits((bucket + 1) << bucketShift);
      return high - ((high - low) * (count - above)) / inside;
    }
    above += inside;
  }
  return 0;
}

/**
 * BatchTopK (Bussmann, Leask, Nanda 2024): keeps the `budget` largest positive entries of the whole batch, so that rows
 * may differ in their number of features. Ties go to the earlier entry.
 * @param z pre-activations [rows, width]
 * @returns the codes and the smallest kept value (0 when nothing is positive)
 */
export function selectBatchTopK(
  z: Float32Array,
  rows: number,
  budget: number,
): { codes: SparseCodes; smallest: number } {
  const bits = new Int32Array(z.buffer, z.byteOffset, z.length);
  const histogram = new Uint32Array(histogramBuckets);
  addToHistogram(z, histogram);
  let bucket = histogramBuckets - 1;
  let above = 0;
  while (bucket > 0 && above + histogram[bucket] < budget) above += histogram[bucket--];
  const inBucket = new Int32Array(histogram[bucket]);
  let found = 0;
  if (inBucket.length > 0) {
    for (let i = 0; i < bits.length; i++) {
      const b = bits[i];
      if (b > 0 && b >> bucketShift === bucket) inBucket[found++] = b;
    }
  }
  inBucket.sort();
  const wanted = Math.min(budget - above, found);
  const cut = wanted > 0 ? inBucket[found - wanted] : (bucket + 1) << bucketShift;
  let ties = 0;
  for (let i = found - wanted; i < found && inBucket[i] === cut; i++) ties++;
  return { codes: collect(z, rows, above + wanted, cut, ties), smallest: floatOfBits(cut) };
}

/** Entries with bits above `cut`, and the first `ties` entries that equal it. */
function collect(
  z: Float32Array,
  rows: number,
  count: number,
  cut: number,
  ties: number,
): SparseCodes {
  const bits = new Int32Array(z.buffer, z.byteOffset, z.length);
  const width = z.length / rows;
  const rowStart = new Uint32Array(rows + 1);
  const feature = new Uint32Array(count);
  const value = new Float32Array(count);
  let next = 0;
  for (let t = 0; t < rows; t++) {
    const from = t * width;
    for (let j = 0; j < width; j++) {
      const b = bits[from + j];
      if (b < cut || (b === cut && ties-- <= 0)) continue;
      feature[next] = j;
      value[next++] = z[from + j];
    }
    rowStart[t + 1] = next;
  }
  return { rows, rowStart, feature, value };
}

/**
 * TopK (Makhzani, Frey 2013; Gao et al. 2024): keeps the k largest positive entries of every row.
 * @param z pre-activations [rows, width]
 * @param candidates the columns to choose from; all of them by default
 */
export function selectTopK(
  z: Float32Array,
  rows: number,
  k: number,
  candidates?: Uint32Array,
): SparseCodes {
  const width = z.length / rows;
  const choices = candidates?.length ?? width;
  const gathered = new Float32Array(candidates === undefined ? 0 : choices);
  const rowStart = new Uint32Array(rows + 1);
  const feature = new Uint32Array(rows * Math.min(k, choices));
  const value = new Float32Array(feature.length);
  let next = 0;
  for (let t = 0; t < rows; t++) {
    if (candidates !== undefined) {
      for (let c = 0; c < choices; c++) gathered[c] = z[t * width + candidates[c]];
    }
    const best = candidates === undefined ? topK(z, k, t * width, width) : topK(gathered, k);
    for (let n = 0; n < best.values.length && best.values[n] > 0; n++) {
      feature[next] = candidates === undefined ? best.indices[n] : candidates[best.indices[n]];
      value[next++] = best.values[n];
    }
    rowStart[t + 1] = next;
  }
  return { rows, rowStart, feature: feature.subarray(0, next), value: value.subarray(0, next) };
}

/** JumpReLU with one threshold θ ≥ 0 for all features: keeps the entries with z > θ. */
export function selectAbove(z: Float32Array, rows: number, threshold: number): SparseCodes {
  const cut = bitsOfFloat(Math.fround(threshold)) + 1;
  const bits = new Int32Array(z.buffer, z.byteOffset, z.length);
  let count = 0;
  for (let i = 0; i < bits.length; i++) if (bits[i] >= cut) count++;
  return collect(z, rows, count, cut, Number.MAX_SAFE_INTEGER);
}

const scratch = new Float32Array(1);
const scratchBits = new Int32Array(scratch.buffer);

function floatOfBits(bits: number): number {
  scratchBits[0] = bits;
  return scratch[0];
}

function bitsOfFloat(value: number): number {
  scratch[0] = value;
  return scratchBits[0];
}
