import { expect, test } from 'vitest';
import { expOfNegative } from '../../../src/engine/math/exponential.ts';
import { Random } from '../../../src/engine/math/rng.ts';

/** Largest relative difference from Math.exp. */
function largestError(numbers: Iterable<number>): number {
  let largest = 0;
  for (const x of numbers) {
    largest = Math.max(largest, Math.abs(expOfNegative(x) / Math.exp(x) - 1));
  }
  return largest;
}

test.each([1e-12, 1e-3, 1, 30, 708])('is the exponential to 2⁻⁵⁰ between −%s and 0', (scale) => {
  const numbers = new Random(1).fillUniform(new Float64Array(20_000)).map((u) => -scale * u);
  expect(largestError(numbers)).toBeLessThan(2 ** -50);
});

test('at the edges of the steps of its table', () => {
  const steps = Array.from({ length: 64 * 1022 }, (_, k) => k);
  const edges = steps.flatMap((k) => [-k, -k - 0.5, -k - 0.5 - 2 ** -40]);
  expect(largestError(edges.map((edge) => (edge * Math.LN2) / 64))).toBeLessThan(2 ** -50);
});

test('at both ends, and where the numbers end', () => {
  for (const x of [0, -0]) expect(expOfNegative(x)).toBe(1);
  // Below 2⁻¹⁰²² numbers have fewer digits: one unit in their last place.
  for (const x of [-710, -730, -744, -745.1]) {
    expect(Math.abs(expOfNegative(x) - Math.exp(x))).toBeLessThanOrEqual(2 ** -1074);
  }
  for (const x of [-746, -1e9, -Infinity]) expect(expOfNegative(x)).toBe(0);
  expect(expOfNegative(NaN)).toBeNaN();
});
