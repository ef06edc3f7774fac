import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareLogits } from '../../../src/engine/math/kl.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import { logSoftmaxAt, logSumExp, softmax } from '../../../src/engine/math/softmax.ts';
import { topK } from '../../../src/engine/math/topK.ts';

const klFromLogits = (...of: Parameters<typeof compareLogits>): number => compareLogits(...of).kl;

const logits = (scale: number, seed: number): Float32Array =>
  new Random(seed).fillNormal(new Float32Array(1000), scale);

/** The definition, with the shift that makes it safe, in float64. */
function referenceLogSumExp(x: Float32Array): number {
  const max = x.reduce((a, b) => Math.max(a, b));
  return max + Math.log(x.reduce((sum, v) => sum + Math.exp(v - max), 0));
}

describe.each([1e-3, 1, 30, 1e4])('logits at scale %s', (scale) => {
  test('log-sum-exp, log-softmax and softmax', () => {
    const x = logits(scale, 1);
    const total = referenceLogSumExp(x);
    // Double precision: a thousand additions lose less than 1e-12 of the result.
    expect(Math.abs(logSumExp(x) - total)).toBeLessThanOrEqual(1e-12 * Math.max(1, scale));
    expect(logSoftmaxAt(x, 17)).toBeCloseTo((x[17] ?? NaN) - total, 9);
    const p = softmax(x);
    expect(p.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 5);
    // One rounding to float32 on the way out.
    const expected = Math.exp((x[17] ?? NaN) - total);
    expect(Math.abs((p[17] ?? NaN) - expected)).toBeLessThanOrEqual(2 ** -23 * expected + 1e-45);
  });

  test('KL is the sum of its definition, 0 for equal distributions, never negative', () => {
    const p = logits(scale, 2);
    const q = logits(scale, 3);
    const pTotal = referenceLogSumExp(p);
    const qTotal = referenceLogSumExp(q);
    const expected = p.reduce((sum, v, i) => {
      const logP = v - pTotal;
      return sum + Math.exp(logP) * (logP - ((q[i] ?? NaN) - qTotal));
    }, 0);
    expect(klFromLogits(p, q)).toBeCloseTo(expected, 6);
    expect(klFromLogits(p, q)).toBeGreaterThan(0);
    expect(klFromLogits(p, p)).toBe(0);
    const { pTotal: first, qTotal: second } = compareLogits(p, q);
    expect(Math.abs(first - pTotal)).toBeLessThanOrEqual(1e-12 * Math.max(1, scale));
    expect(Math.abs(second - qTotal)).toBeLessThanOrEqual(1e-12 * Math.max(1, scale));
    // A constant added to all logits changes no distribution; 1e-3 covers its rounding in float32 at scale 1e4.
    const shifted = p.map((v) => v + 5);
    expect(klFromLogits(p, shifted)).toBeLessThan(1e-3);
  });
});

test('slices, temperature and infinities', () => {
  const x = Float32Array.of(99, 1, 2, 3, 99);
  expect(logSumExp(x, 1, 3)).toBeCloseTo(Math.log(Math.E + Math.E ** 2 + Math.E ** 3), 12);
  expect(logSoftmaxAt(x, 2, 1, 3)).toBeCloseTo(3 - logSumExp(x, 1, 3), 12);
  const cold = softmax(x, 0.5, 1, 3);
  expect(cold[2]).toBeCloseTo(Math.exp(6) / (Math.exp(2) + Math.exp(4) + Math.exp(6)), 6);
  expect(logSumExp(Float32Array.of(-Infinity, -Infinity))).toBe(-Infinity);
  const masked = Float32Array.of(0, -Infinity);
  expect(klFromLogits(masked, masked)).toBe(0);
  expect(klFromLogits(masked, Float32Array.of(0, 0))).toBeCloseTo(Math.LN2, 12);
  expect(klFromLogits(Float32Array.of(0, 0), masked)).toBe(Infinity);
  expect(klFromLogits(x, x, 0, 1, 2)).toBeGreaterThan(0);
});

test('topK equals sorting, with ties to the lower index', () => {
  const values = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 70 }), (array, k) => {
      const sorted = array
        .map((value, index) => ({ value, index }))
        .sort((a, b) => b.value - a.value || a.index - b.index)
        .slice(0, k);
      const padded = Float32Array.from([100, ...array, 100]);
      const top = topK(padded, k, 1, array.length);
      expect([...top.indices]).toEqual(sorted.map(({ index }) => index));
      expect([...top.values]).toEqual(sorted.map(({ value }) => value));
    }),
    { numRuns: 500, seed: 1 },
  );
});
