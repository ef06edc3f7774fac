import fc from 'fast-check';
import { expect, test } from 'vitest';
import { probabilityChanges, type Normalised } from '../../../src/engine/math/probabilityChange.ts';
import { logSumExp, softmax } from '../../../src/engine/math/softmax.ts';

const normalised = (logits: Float32Array): Normalised => ({ logits, total: logSumExp(logits) });

test('lists the outcomes that gain and lose most, and no others', () => {
  const logit = fc.float({ min: -20, max: 20, noNaN: true });
  const pairs = fc.array(fc.tuple(logit, logit), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pairs, fc.integer({ min: 0, max: 10 }), (both, count) => {
      const [p, q] = [0, 1].map((side) => Float32Array.from(both, (pair) => pair[side] ?? NaN));
      if (p === undefined || q === undefined) throw new Error('no logits');
      const [before, after] = [softmax(p), softmax(q)];
      const gains = Array.from(after, (value, i) => value - (before[i] ?? NaN));
      const found = probabilityChanges(normalised(p), normalised(q), count);
      for (const [{ indices, ...sides }, sign] of [
        [found.raised, 1],
        [found.lowered, -1],
      ] as const) {
        const largest = gains.map((gain) => sign * gain).sort((a, b) => b - a);
        expect(indices.length).toBeLessThanOrEqual(count);
        for (let n = 0; n < Math.min(count, gains.length); n++) {
          const index = indices[n];
          const gain = index === undefined ? 0 : sign * (gains[index] ?? NaN);
          expect(gain).toBeCloseTo(Math.max(0, largest[n] ?? NaN), 6);
          if (index === undefined) continue;
          expect(sides.before[n]).toBeCloseTo(before[index] ?? NaN, 6);
          expect(sides.after[n]).toBeCloseTo(after[index] ?? NaN, 6);
        }
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('nothing changes between equal distributions, and equal changes come in order', () => {
  const same = normalised(Float32Array.of(1, 2, 3));
  const { raised, lowered } = probabilityChanges(same, same, 3);
  expect([raised.indices.length, lowered.indices.length]).toEqual([0, 0]);
  const p = normalised(Float32Array.of(0, 0, -Infinity, -Infinity));
  const q = normalised(Float32Array.of(-Infinity, -Infinity, 0, 0));
  const changes = probabilityChanges(p, q, 4);
  expect([[...changes.raised.indices], [...changes.lowered.indices]]).toEqual([
    [2, 3],
    [0, 1],
  ]);
  expect([...changes.raised.after]).toEqual([0.5, 0.5]);
});
