import { expect, test } from 'vitest';
import { Random } from '../../../src/engine/math/rng.ts';

test('xoshiro128** from state 1, 2, 3, 4: the numbers its definition gives', () => {
  // By hand from s1 · 5, rotated by 7, · 9: state (1, 2, 3, 4) → 2 · 5 = 10 → 1280 → 11520; after one step
  // s1 = 0, hence 0; the third and fourth come from the same recurrence in 64-bit arithmetic.
  const random = Random.restore(Uint32Array.of(1, 2, 3, 4));
  const big = [1n, 2n, 3n, 4n] as [bigint, bigint, bigint, bigint];
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const next = (): number => {
    const result = (rotate((big[1] * 5n) & mask, 7n) * 9n) & mask;
    const t = (big[1] << 9n) & mask;
    big[2] ^= big[0];
    big[3] ^= big[1];
    big[1] ^= big[2];
    big[0] ^= big[3];
    big[2] ^= t;
    big[3] = rotate(big[3], 11n);
    return Number(result);
  };
  const numbers = Array.from({ length: 1000 }, () => random.uint32());
  expect(numbers.slice(0, 2)).toEqual([11520, 0]);
  expect(numbers).toEqual(Array.from({ length: 1000 }, next));
});

test('the seed decides, and a saved state continues', () => {
  const numbers = (random: Random): number[] => Array.from({ length: 5 }, () => random.uint32());
  expect(numbers(new Random(7))).toEqual(numbers(new Random(7)));
  expect(numbers(new Random(7))).not.toEqual(numbers(new Random(8)));
  expect(new Set(numbers(new Random(0))).size).toBe(5);
  const random = new Random(7);
  random.normal();
  const state = random.save();
  expect(numbers(Random.restore(state))).toEqual(numbers(random));
});

test('uniform, below, normal and pick have the distributions they promise', () => {
  const random = new Random(42);
  const n = 100_000;
  let sum = 0;
  let normalSum = 0;
  let normalSquares = 0;
  const dice = new Uint32Array(6);
  const picked = new Uint32Array(4);
  const weights = Float32Array.of(1, 0, 3, 0);
  for (let i = 0; i < n; i += 1) {
    const u = random.uniform();
    expect(u >= 0 && u < 1).toBe(true);
    sum += u;
    const z = random.normal();
    normalSum += z;
    normalSquares += z * z;
    const face = random.below(6);
    dice[face] = (dice[face] ?? 0) + 1;
    const index = random.pick(weights);
    picked[index] = (picked[index] ?? 0) + 1;
  }
  // Five standard errors each: sqrt(1/12n), sqrt(1/n), sqrt(2/n), sqrt(n·p·(1−p)).
  expect(Math.abs(sum / n - 0.5)).toBeLessThan(5 * Math.sqrt(1 / (12 * n)));
  expect(Math.abs(normalSum / n)).toBeLessThan(5 * Math.sqrt(1 / n));
  expect(Math.abs(normalSquares / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  for (const count of dice) {
    expect(Math.abs(count - n / 6)).toBeLessThan(5 * Math.sqrt((n * 5) / 36));
  }
  expect([picked[1], picked[3]]).toEqual([0, 0]);
  expect(Math.abs((picked[2] ?? 0) - 0.75 * n)).toBeLessThan(5 * Math.sqrt(n * 0.1875));
});

test('an array filled with uniform numbers holds what the calls one by one return, and both go on alike', () => {
  const [filled, called] = [new Random(5), new Random(5)];
  for (const length of [1, 0, 7, 1000]) {
    const numbers = filled.fillUniform(new Float64Array(length));
    expect([...numbers]).toEqual(Array.from({ length }, () => called.uniform()));
  }
  expect(filled.uint32()).toBe(called.uint32());
});
