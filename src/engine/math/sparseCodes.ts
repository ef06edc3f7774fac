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
 * @param hint a value that the smallest kept entry is expected to exceed; changes the speed, never the result
 * @returns the codes and the smallest kept value (0 when nothing is positive)
 */
export function selectBatchTopK(
  z: Float32Array,
  rows: number,
  budget: number,
  hint = 0,
): { codes: SparseCodes; smallest: number } {
  let candidates = positionsAbove(z, hint);
  if (candidates.length < budget && hint > 0) candidates = positionsAbove(z, 0);
  const bits = new Int32Array(z.buffer, z.byteOffset, z.length);
  const kept = Math.min(budget, candidates.length);
  if (kept === 0) return { codes: collect(z, rows, candidates, 0, 0), smallest: 0 };
  const values = new Int32Array(candidates.length);
  for (let c = 0; c < candidates.length; c++) values[c] = bits[candidates[c]];
  values.sort();
  const cut = values[values.length - kept];
  let ties = 0;
  for (let i = values.length - kept; i < values.length && values[i] === cut; i++) ties++;
  return { codes: collect(z, rows, candidates, cut, ties), smallest: floatOfBits(cut) };
}

/** Positions of the entries above `limit` ≥ 0, in order. */
function positionsAbove(z: Float32Array, limit: number): Uint32Array {
  let count = 0;
  for (let i = 0; i < z.length; i++) if (z[i] > limit) count++;
  const positions = new Uint32Array(count);
  let next = 0;
  for (let i = 0; next < count; i++) if (z[i] > limit) positions[next++] = i;
  return positions;
}

/** Those candidates whose bits are above `cut`, and the first `ties` of those that equal it. */
function collect(
  z: Float32Array,
  rows: number,
  candidates: Uint32Array,
  cut: number,
  ties: number,
): SparseCodes {
  const bits = new Int32Array(z.buffer, z.byteOffset, z.length);
  const width = z.length / rows;
  const rowStart = new Uint32Array(rows + 1);
  const feature = new Uint32Array(candidates.length);
  const value = new Float32Array(candidates.length);
  let next = 0;
  let row = 0;
  for (let c = 0; c < candidates.length; c++) {
    const position = candidates[c];
    const b = bits[position];
    if (b < cut || (b === cut && ties-- <= 0)) continue;
    while (position >= (row + 1) * width) rowStart[++row] = next;
    feature[next] = position - row * width;
    value[next++] = z[position];
  }
  while (row < rows) rowStart[++row] = next;
  return { rows, rowStart, feature: feature.subarray(0, next), value: value.subarray(0, next) };
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
  return collect(z, rows, positionsAbove(z, threshold), 0, 0);
}

/** Sparse codes feature by feature: column j holds entries columnStart[j] … columnStart[j + 1]. */
export interface SparseColumns {
  /** [F + 1] */
  readonly columnStart: Uint32Array;
  readonly row: Uint32Array;
  readonly value: Float32Array;
}

/** The same entries sorted by feature, rows ascending within a feature. */
export function byColumn(codes: SparseCodes, F: number): SparseColumns {
  const { rowStart, feature, value } = codes;
  const columnStart = new Uint32Array(F + 1);
  for (let n = 0; n < feature.length; n++) columnStart[feature[n] + 1]++;
  for (let j = 0; j < F; j++) columnStart[j + 1] += columnStart[j];
  const next = columnStart.slice();
  const columns = {
    columnStart,
    row: new Uint32Array(feature.length),
    value: new Float32Array(feature.length),
  };
  for (let t = 0; t < codes.rows; t++) {
    for (let n = rowStart[t]; n < rowStart[t + 1]; n++) {
      const at = next[feature[n]]++;
      columns.row[at] = t;
      columns.value[at] = value[n];
    }
  }
  return columns;
}

/** Adds the number of rows to `idle` [F], and sets it to 0 for every feature that is active in some row. */
export function noteActive(codes: SparseCodes, idle: Float32Array): void {
  for (let j = 0; j < idle.length; j++) idle[j] += codes.rows;
  for (let n = 0; n < codes.feature.length; n++) idle[codes.feature[n]] = 0;
}

/** Positions whose value is at least `limit`. */
export function positionsFrom(values: Float32Array, limit: number): Uint32Array {
  const found: number[] = [];
  for (let j = 0; j < values.length; j++) if (values[j] >= limit) found.push(j);
  return Uint32Array.from(found);
}

const scratch = new Float32Array(1);
const scratchBits = new Int32Array(scratch.buffer);

function floatOfBits(bits: number): number {
  scratchBits[0] = bits;
  return scratch[0];
}
