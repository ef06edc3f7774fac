import { describe, expect, test } from 'vitest';
import {
  addRow,
  jumpRelu,
  keepTopK,
  relu,
  subtractRow,
} from '../../../src/engine/math/activation.ts';
import { axpy, dot, matmul, matmulTransposed, norm } from '../../../src/engine/math/linear.ts';
import { Random } from '../../../src/engine/math/rng.ts';

const random = (length: number, scale: number, seed: number): Float32Array =>
  new Random(seed).fillNormal(new Float32Array(length), scale);

const at = (x: ArrayLike<number>, i: number): number => x[i] ?? NaN;

/** Σ |aᵢ bᵢ| bounds the rounding error of a sum, whatever cancels in it. */
function reference(a: Float32Array, b: Float32Array, [m, k, n]: [number, number, number]) {
  const exact = new Float64Array(m * n);
  const magnitude = new Float64Array(m * n);
  for (let i = 0; i < m; i += 1)
    for (let j = 0; j < n; j += 1)
      for (let p = 0; p < k; p += 1) {
        const term = at(a, i * k + p) * at(b, p * n + j);
        exact[i * n + j] = at(exact, i * n + j) + term;
        magnitude[i * n + j] = at(magnitude, i * n + j) + Math.abs(term);
      }
  return { exact, magnitude };
}

describe.each([1e-4, 1, 1e4])('at scale %s', (scale) => {
  test.each([
    [1, 1, 1],
    [3, 5, 7],
    [4, 288, 33],
    [2, 7, 129],
  ] as [number, number, number][])('matmul [%i, %i] · [·, %i] against float64', (m, k, n) => {
    const a = random(m * k, scale, 1);
    const b = random(k * n, scale, 2);
    const { exact, magnitude } = reference(a, b, [m, k, n]);
    const c = matmul(a, b, [m, k, n]);
    const transposed = new Float32Array(k * n);
    for (let p = 0; p < k; p += 1)
      for (let j = 0; j < n; j += 1) transposed[j * k + p] = at(b, p * n + j);
    const ct = matmulTransposed(a, transposed, [m, k, n]);
    for (let i = 0; i < m * n; i += 1) {
      // One float32 rounding (2⁻²⁴) per block of four terms in matmul, one in all in matmulTransposed.
      const perRounding = 2 ** -24 * at(magnitude, i);
      expect(Math.abs(at(c, i) - at(exact, i))).toBeLessThanOrEqual((k / 4 + 2) * perRounding);
      expect(Math.abs(at(ct, i) - at(exact, i))).toBeLessThanOrEqual(1.001 * perRounding);
    }
  });

  test('dot, norm and axpy on slices', () => {
    const a = random(21, scale, 3);
    const b = random(21, scale, 4);
    const y = b.slice();
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 9; i += 1) {
      sum += at(a, 5 + i) * at(b, 2 + i);
      squares += at(a, 5 + i) ** 2;
    }
    // Double precision throughout: only the order of summation differs.
    expect(Math.abs(dot(a, 5, b, 2, 9) - sum)).toBeLessThan(1e-13 * scale * scale * 9);
    expect(norm(a, 5, 9)).toBeCloseTo(Math.sqrt(squares), 9);
    axpy(0.5, a, 5, y, 2, 9);
    expect(at(y, 2)).toBe(Math.fround(at(b, 2) + 0.5 * at(a, 5)));
    expect(at(y, 1)).toBe(at(b, 1));
    expect(at(y, 11)).toBe(at(b, 11));
  });
});

test('rows of zeros, which sparse features are, contribute nothing', () => {
  const b = random(8 * 3, 1, 5);
  const a = new Float32Array(16);
  a[13] = 2;
  const expected = b.subarray(15, 18).map((x) => 2 * x);
  expect([...matmul(a, b, [2, 8, 3])]).toEqual([0, 0, 0, ...expected]);
});

test('activation functions', () => {
  const z = Float32Array.of(-1, 0, 2, 3);
  relu(z);
  expect([...z]).toEqual([0, 0, 2, 3]);
  // Strictly above the threshold, and above 0 even where the threshold is negative.
  const j = Float32Array.of(1, -0.5, 2, 3, 1.0000001, 0.5);
  jumpRelu(j, Float32Array.of(1, -1, 5));
  expect([...j]).toEqual([0, 0, 0, 3, Math.fround(1.0000001), 0]);
  // Equal values: the lower index stays; a negative among the k largest becomes 0.
  const t = Float32Array.of(2, 1, 2, 2, -3, -1, -2, 4);
  keepTopK(t, 2, 4);
  expect([...t]).toEqual([2, 0, 2, 0, 0, 0, 0, 4]);
});

test('row-wise bias', () => {
  const x = Float32Array.of(1, 2, 3, 4);
  expect([...subtractRow(x, Float32Array.of(1, 10))]).toEqual([0, -8, 2, -6]);
  addRow(x, Float32Array.of(1, 10));
  expect([...x]).toEqual([2, 12, 4, 14]);
});
