// Dense linear algebra on row-major float32 arrays. Sizes are trusted: they are checked where data enters.

/** Σ aᵢ bᵢ over `length` elements from the given starts; accumulated in double precision, in four partial sums. */
export function dot(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  length: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    const p = aStart + i;
    const q = bStart + i;
    s0 += a[p] * b[q];
    s1 += a[p + 1] * b[q + 1];
    s2 += a[p + 2] * b[q + 2];
    s3 += a[p + 3] * b[q + 3];
  }
  for (let i = whole; i < length; i += 1) s0 += a[aStart + i] * b[bStart + i];
  return s0 + s1 + (s2 + s3);
}

/** y ← y + α x over `length` elements from the given starts. */
export function axpy(
  alpha: number,
  x: Float32Array,
  xStart: number,
  y: Float32Array,
  yStart: number,
  length: number,
): void {
  for (let i = 0; i < length; i += 1) y[yStart + i] += alpha * x[xStart + i];
}

/** ‖x‖₂ over `length` elements from `start`. */
export function norm(x: Float32Array, start = 0, length = x.length): number {
  return Math.sqrt(dot(x, start, x, start, length));
}

/** Depth of a block: four rows of B pass through the cache for each row of C. */
const depth = 4;

/** C [M, N] ← A [M, K] · B [K, N]. Sums run over k upwards, in blocks of four; each block is added in float32. */
export function matmul(
  a: Float32Array,
  b: Float32Array,
  [m, k, n]: readonly [m: number, k: number, n: number],
): Float32Array {
  const c = new Float32Array(m * n);
  const whole = k - (k % depth);
  // k outside, rows inside: a block of B is read once for all rows of A.
  for (let p = 0; p < whole; p += depth) {
    const b0 = p * n;
    const b1 = b0 + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let i = 0; i < m; i += 1) {
      const a0 = a[i * k + p];
      const a1 = a[i * k + p + 1];
      const a2 = a[i * k + p + 2];
      const a3 = a[i * k + p + 3];
      if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0) continue;
      const row = i * n;
      for (let j = 0; j < n; j += 1) {
        c[row + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + (a2 * b[b2 + j] + a3 * b[b3 + j]);
      }
    }
  }
  for (let p = whole; p < k; p += 1) {
    for (let i = 0; i < m; i += 1) axpy(a[i * k + p], b, p * n, c, i * n, n);
  }
  return c;
}

/** C [M, N] ← A [M, K] · Bᵀ with B [N, K]. */
export function matmulTransposed(
  a: Float32Array,
  b: Float32Array,
  [m, k, n]: readonly [m: number, k: number, n: number],
): Float32Array {
  const c = new Float32Array(m * n);
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) c[i * n + j] = dot(a, i * k, b, j * k, k);
  }
  return c;
}
