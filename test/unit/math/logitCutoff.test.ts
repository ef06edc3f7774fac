import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasCutoff,
  LogitCutoff,
  type CutoffSettings,
} from '../../../src/engine/math/logitCutoff.ts';
import { floatBits } from '../../../src/engine/math/radixSelect.ts';
import { Random } from '../../../src/engine/math/rng.ts';

const all: CutoffSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const finder = new LogitCutoff();

function kept(logits: ArrayLike<number>, settings: CutoffSettings): number[] {
  const row = floatBits(logits.length);
  row.values.set(logits);
  const cutoff = finder.find(row, settings);
  return [...row.values.keys()].filter((id) => !((row.values[id] ?? NaN) < cutoff));
}

interface Candidate {
  readonly id: number;
  readonly logit: number;
}

/** Softmax of sorted candidates. */
function shares(sorted: readonly Candidate[], temperature: number): number[] {
  const first = sorted[0]?.logit ?? NaN;
  const weights = sorted.map(({ logit }) =>
    logit === first ? 1 : Math.exp((logit - first) / temperature),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The definitions of the papers over a sorted list, one filter after the other, in float64. */
function reference(
  logits: Float32Array,
  { temperature, topK, topP, minP }: CutoffSettings,
): number[] {
  let left = Array.from(logits, (logit, id): Candidate => ({ id, logit })).sort(
    (a, b) => b.logit - a.logit || a.id - b.id,
  );
  const edge = left[topK - 1]?.logit ?? -Infinity;
  left = left.filter(({ logit }) => logit >= edge);
  if (topP < 1) {
    let [taken, likelier] = [0, 0];
    const share = shares(left, temperature);
    left = left.filter(({ logit }, i) => {
      if (logit !== left[i - 1]?.logit) likelier = taken;
      taken += share[i] ?? NaN;
      return likelier < topP || logit === left[0]?.logit;
    });
  }
  if (minP > 0) {
    const share = shares(left, temperature);
    left = left.filter((_, i) => (share[i] ?? NaN) >= minP * (share[0] ?? NaN));
  }
  return left.map(({ id }) => id).sort((a, b) => a - b);
}

describe.each([5, 100, 32_000])('%s tokens', (vocabulary) => {
  test.each([0.3, 1, 6])('what stays is what the definitions say, logits at scale %s', (scale) => {
    const random = new Random(vocabulary);
    for (let round = 0; round < (vocabulary > 1000 ? 12 : 300); round++) {
      const logits = random.fillNormal(new Float32Array(vocabulary), scale);
      // Ties, as half precision makes them, and impossible tokens.
      if (round % 2 === 0) for (const [i, x] of logits.entries()) logits[i] = Math.round(8 * x) / 8;
      if (round % 3 === 0) for (let i = 0; i < vocabulary / 2; i++) logits[i] = -Infinity;
      const settings = {
        temperature: [0.25, 1, 3][round % 3] ?? 1,
        topK: random.below(3) === 0 ? 0 : 1 + random.below(vocabulary),
        topP: random.below(3) === 0 ? 1 : random.uniform(),
        minP: random.below(3) === 0 ? 0 : random.uniform() ** 3,
      };
      expect(kept(logits, settings)).toEqual(reference(logits, settings));
    }
  });
});

const bySize = fc.constantFrom(-3e38, -1e-45, -0, 0, 1e-45, 1, 2, 3e38, -Infinity, Infinity);

test('what stays is what the definitions say for extreme and equal logits', () => {
  const settings = fc.record({
    temperature: fc.constantFrom(1e-6, 1, 100),
    topK: fc.nat(8),
    topP: fc.constantFrom(0, 0.25, 0.7, 0.999, 1),
    // Not 1: weights of the definition are 1 as soon as a logit is within 1e-16 of the largest.
    minP: fc.constantFrom(0, 1e-3, 0.5),
  });
  fc.assert(
    fc.property(fc.array(bySize, { minLength: 1, maxLength: 12 }), settings, (row, chosen) => {
      expect(kept(row, chosen)).toEqual(reference(Float32Array.from(row), chosen));
    }),
    { numRuns: 2000, seed: 5 },
  );
});

test('the largest logit stays, nothing that stays is smaller than what goes, more is kept by weaker filters', () => {
  const logits = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), {
    minLength: 1,
    maxLength: 40,
  });
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const settings = fc.record({
    temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
    topK: fc.nat(45),
    topP: unit,
    minP: unit,
  });
  fc.assert(
    fc.property(logits, settings, unit, (array, chosen, part) => {
      const row = Float32Array.from(array);
      const ids = kept(row, chosen);
      expect(ids).toContain(row.indexOf(Math.max(...row)));
      const least = Math.min(...ids.map((id) => row[id] ?? NaN));
      for (const [id, logit] of row.entries()) if (logit >= least) expect(ids).toContain(id);
      const weaker = {
        ...chosen,
        topP: chosen.topP + part * (1 - chosen.topP),
        minP: part * chosen.minP,
      };
      expect(kept(row, weaker)).toEqual(expect.arrayContaining(ids));
    }),
    { numRuns: 500, seed: 6 },
  );
});

test('of equal logits at an edge all stay', () => {
  const logits = [1, 3, 2, 2, 2, 0];
  expect(kept(logits, { ...all, topK: 2 })).toEqual([1, 2, 3, 4]);
  expect(kept(logits, { ...all, topK: 4 })).toEqual([1, 2, 3, 4]);
  // The likeliest has 0.43 of all, the three behind it 0.16 each.
  expect(kept(logits, { ...all, topP: 0.4 })).toEqual([1]);
  expect(kept(logits, { ...all, topP: 0.5 })).toEqual([1, 2, 3, 4]);
  expect(kept([7, 7, 7, 7], { ...all, topP: 0.5 })).toEqual([0, 1, 2, 3]);
  expect(kept([0, -0, -1], { ...all, topK: 1 })).toEqual([0, 1]);
  expect(kept(logits, { ...all, minP: 1 })).toEqual([1]);
  expect(kept([3, 3, 2], { ...all, minP: 1 })).toEqual([0, 1]);
});

test('top-p counts what top-k leaves as the whole', () => {
  const logits = [0, 0.1, 0.2, 0.3];
  // Of all four the two likeliest have 0.55; of the two themselves the likelier has 0.52.
  expect(kept(logits, { ...all, topP: 0.5 })).toEqual([2, 3]);
  expect(kept(logits, { ...all, topK: 2, topP: 0.5 })).toEqual([3]);
});

test('neutral filters keep everything, top-k of more than there is too', () => {
  expect(hasCutoff(all)).toBe(false);
  expect(
    [{ topK: 1 }, { topP: 0 }, { minP: 1 }].every((part) => hasCutoff({ ...all, ...part })),
  ).toBe(true);
  expect(kept([1, -Infinity, 2], { ...all, topK: 9 })).toEqual([0, 1, 2]);
  expect(kept([-Infinity, -Infinity], { ...all, topK: 1, topP: 0.5, minP: 0.5 })).toEqual([0, 1]);
});
