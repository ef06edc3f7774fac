import fc from 'fast-check';
import { expect, test } from 'vitest';
import { likeliestTokens } from '../../../src/engine/math/likeliestTokens.ts';
import { placeOf, rankOf } from '../../../src/engine/math/ranking.ts';
import { Random } from '../../../src/engine/math/rng.ts';

/** Ids in order, with log-probabilities in float64. */
function reference(
  logits: Float32Array,
): { readonly id: number; readonly logProbability: number }[] {
  const max = logits.reduce((a, b) => Math.max(a, b));
  const total = max + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - max), 0));
  return Array.from(logits, (logit, id) => ({ id, logProbability: logit - total })).sort(
    (a, b) =>
      (b.logProbability === a.logProbability ? 0 : b.logProbability - a.logProbability) ||
      a.id - b.id,
  );
}

test.each([5, 100, 32_000])(
  'the likeliest ten and the place of every one, %s tokens',
  (vocabulary) => {
    const random = new Random(vocabulary);
    for (let round = 0; round < 10; round++) {
      const logits = random.fillNormal(new Float32Array(vocabulary), 4);
      // Ties, as half precision makes them, and impossible tokens.
      if (round % 2 === 0) for (const [i, x] of logits.entries()) logits[i] = Math.round(4 * x) / 4;
      if (round % 3 === 0) logits.fill(-Infinity, 0, vocabulary >> 1);
      const sorted = reference(logits);
      const { ids, logProbabilities } = likeliestTokens(logits, 10);
      const expected = sorted.slice(0, 10);
      expect([...ids]).toEqual(expected.map(({ id }) => id));
      for (const [i, { logProbability }] of expected.entries()) {
        const value = logProbabilities[i] ?? NaN;
        // Sums of 32,000 doubles in the same order, of which none is rounded otherwise by more than 1e-16 of the sum.
        if (Number.isFinite(logProbability))
          expect(Math.abs(value - logProbability)).toBeLessThan(1e-11);
        else expect(value).toBe(logProbability);
      }
      for (let i = 0; i < vocabulary; i += Math.max(1, vocabulary >> 5)) {
        expect(placeOf(logits, sorted[i]?.id ?? NaN)).toBe(i + 1);
      }
    }
  },
);

test('a place is a rank that no two share; a slice has places of its own', () => {
  const row = fc.array(fc.constantFrom(-Infinity, -1, 0, 1, 3e38), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(row, (array) => {
      const padded = Float32Array.from([5, ...array, 5]);
      const ids = [...array.keys()];
      const places = ids.map((id) => placeOf(padded, id, 1, array.length));
      expect(places.toSorted((a, b) => a - b)).toEqual(ids.map((id) => id + 1));
      for (const [id, place] of places.entries()) {
        expect(place).toBeGreaterThanOrEqual(rankOf(padded, id, 1, array.length));
      }
    }),
    { numRuns: 300, seed: 9 },
  );
  expect(placeOf(Float32Array.of(2, 1, 2), 2)).toBe(2);
  expect(rankOf(Float32Array.of(2, 1, 2), 2)).toBe(1);
});

test('a known normaliser is used, and n is cut to what there is', () => {
  const { ids, logProbabilities } = likeliestTokens(Float32Array.of(1, 3), 10, 4);
  expect([...ids]).toEqual([1, 0]);
  expect([...logProbabilities]).toEqual([-1, -3]);
});
