// Operations on the rows of a row-major matrix [rows, width].

/** Scales every row to Euclidean length 1, in place; rows of zeros stay. */
export function normalizeRows(matrix: Float32Array, width: number): void {
  for (let from = 0; from < matrix.length; from += width) {
    let square = 0;
    for (let d = 0; d < width; d++) square += matrix[from + d] * matrix[from + d];
    if (square === 0) continue;
    const scale = 1 / Math.sqrt(square);
    for (let d = 0; d < width; d++) matrix[from + d] *= scale;
  }
}

/**
 * Removes from each row of `gradient` its component along the unit row of `matrix`, in place: g ← g − (g·w) w. A step
 * along w would be undone by the next normalisation, and would spoil Adam's moments until then (Bricken et al. 2023,
 * "Towards Monosemanticity", appendix "Advice for training sparse autoencoders").
 */
export function removeParallel(gradient: Float32Array, matrix: Float32Array, width: number): void {
  for (let from = 0; from < matrix.length; from += width) {
    let along = 0;
    for (let d = 0; d < width; d++) along += gradient[from + d] * matrix[from + d];
    if (along === 0) continue;
    for (let d = 0; d < width; d++) gradient[from + d] -= along * matrix[from + d];
  }
}

/** matrix [rows, width] → out [width, rows], in square tiles that stay in the cache. */
export function transpose(matrix: Float32Array, width: number, out: Float32Array): void {
  const rows = matrix.length / width;
  const tile = 32;
  for (let r0 = 0; r0 < rows; r0 += tile) {
    const r1 = Math.min(r0 + tile, rows);
    for (let c0 = 0; c0 < width; c0 += tile) {
      const c1 = Math.min(c0 + tile, width);
      for (let c = c0; c < c1; c++) {
        for (let r = r0; r < r1; r++) out[c * rows + r] = matrix[r * width + c];
      }
    }
  }
}

/** out_t = scale · x_t − shift for every row of x [rows, D]; shift [D]. */
export function scaleAndShift(
  x: Float32Array,
  scale: number,
  shift: Float32Array,
  out: Float32Array,
): void {
  const D = shift.length;
  for (let from = 0; from < x.length; from += D) {
    for (let d = 0; d < D; d++) out[from + d] = scale * x[from + d] - shift[d];
  }
}

/** Σ of squares in double precision. */
export function sumOfSquares(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return sum;
}

/** x [rows, D] → [rows, D + 1] with 1 as last entry of every row, which turns a bias into one more row of weights. */
export function appendOnes(x: Float32Array, D: number): Float32Array {
  const rows = x.length / D;
  const out = new Float32Array(rows * (D + 1));
  for (let t = 0; t < rows; t++) {
    out.set(x.subarray(t * D, (t + 1) * D), t * (D + 1));
    out[t * (D + 1) + D] = 1;
  }
  return out;
}

/** x ← x + factor · y, element by element. */
export function addScaled(x: Float32Array, factor: number, y: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] += factor * y[i];
}

/** x ← factor · x. */
export function scaleInPlace(x: Float32Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] *= factor;
}

/** Σ_t x_t over the rows of x [rows, D] → [D], in double precision. */
export function columnSums(x: Float32Array, D: number): Float64Array {
  const sums = new Float64Array(D);
  for (let from = 0; from < x.length; from += D) {
    for (let d = 0; d < D; d++) sums[d] += x[from + d];
  }
  return sums;
}

/** vᵀM for v [rows] and M [rows, D] → [D]. */
export function weightedRowSum(v: Float32Array, matrix: Float32Array, D: number): Float64Array {
  const sums = new Float64Array(D);
  for (let j = 0; j < v.length; j++) {
    const weight = v[j];
    if (weight === 0) continue;
    for (let d = 0; d < D; d++) sums[d] += weight * matrix[j * D + d];
  }
  return sums;
}

/** Mean over rows of ‖x_t − x̄‖². */
export function meanVariance(x: Float32Array, D: number): number {
  const rows = x.length / D;
  const sums = columnSums(x, D);
  let meanSquare = 0;
  for (let d = 0; d < D; d++) meanSquare += (sums[d] / rows) ** 2;
  return sumOfSquares(x) / rows - meanSquare;
}

/** Mean Euclidean length of the rows. */
export function meanRowNorm(x: Float32Array, width: number): number {
  let total = 0;
  for (let from = 0; from < x.length; from += width) {
    let square = 0;
    for (let d = 0; d < width; d++) square += x[from + d] * x[from + d];
    total += Math.sqrt(square);
  }
  return total / (x.length / width);
}

/**
 * Geometric median of the rows of x by Weiszfeld's iteration (Weiszfeld 1937): the point with the least sum of
 * distances, the initial b_dec of Bricken et al. 2023. A few far rows hardly move it.
 */
export function geometricMedian(x: Float32Array, width: number, iterations = 30): Float32Array {
  const rows = x.length / width;
  let median = new Float64Array(width);
  for (let i = 0; i < x.length; i++) median[i % width] += x[i] / rows;
  for (let n = 0; n < iterations; n++) {
    const next = new Float64Array(width);
    let weights = 0;
    for (let from = 0; from < x.length; from += width) {
      let square = 0;
      for (let d = 0; d < width; d++) square += (x[from + d] - median[d]) ** 2;
      const weight = 1 / Math.max(Math.sqrt(square), 1e-12);
      weights += weight;
      for (let d = 0; d < width; d++) next[d] += weight * x[from + d];
    }
    for (let d = 0; d < width; d++) next[d] /= weights;
    median = next;
  }
  return Float32Array.from(median);
}
