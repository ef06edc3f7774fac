import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinctN, seqRepN } from '../../../src/engine/math/ngrams.ts';
import { Random } from '../../../src/engine/math/rng.ts';

/** N-grams spelt out, sorted, and those counted that differ from the one before. */
function reference(tokens: readonly number[], n: number): number {
  const ngrams = tokens
    .map((_, i) => tokens.slice(i, i + n).join(' '))
    .slice(0, Math.max(0, tokens.length - n + 1))
    .sort();
  const distinct = ngrams.filter((ngram, i) => ngram !== ngrams[i - 1]).length;
  return ngrams.length === 0 ? 1 : distinct / ngrams.length;
}

test('distinct-n is what counting says, seq-rep-n the rest', () => {
  const token = fc.oneof(fc.nat(2), fc.constantFrom(2 ** 32 - 1, 2 ** 31, 151_935));
  fc.assert(
    fc.property(fc.array(token, { maxLength: 50 }), fc.integer({ min: 1, max: 6 }), (tokens, n) => {
      expect(distinctN(tokens, n)).toBe(reference(tokens, n));
      expect(distinctN(Uint32Array.from(tokens), n)).toBe(reference(tokens, n));
      expect(seqRepN(tokens, n)).toBe(1 - reference(tokens, n));
    }),
    { numRuns: 1000, seed: 7 },
  );
});

test.each([5, 100, 32_000])('of long texts over %s tokens, too', (vocabulary) => {
  const random = new Random(vocabulary);
  const tokens = Array.from({ length: 3000 }, () => random.below(vocabulary));
  for (const n of [1, 2, 3, 4]) expect(distinctN(tokens, n)).toBe(reference(tokens, n));
});

test('a loop repeats nearly everything, a text without repetition or without n-grams nothing', () => {
  expect(seqRepN([1, 2, 1, 2, 1, 2, 1, 2], 2)).toBe(1 - 2 / 7);
  expect(seqRepN([1, 2, 3, 4, 5], 4)).toBe(0);
  expect(seqRepN([1, 1, 1], 4)).toBe(0);
  expect(seqRepN([], 1)).toBe(0);
});
