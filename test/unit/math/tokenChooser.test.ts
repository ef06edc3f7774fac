import { describe, expect, test } from 'vitest';
import { LogitCutoff } from '../../../src/engine/math/logitCutoff.ts';
import { penalise } from '../../../src/engine/math/logitPenalties.ts';
import { floatBits } from '../../../src/engine/math/radixSelect.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import {
  neutralSampling,
  type SamplingSettings,
} from '../../../src/engine/math/samplingSettings.ts';
import { TokenChooser, type RowToContinue } from '../../../src/engine/math/tokenChooser.ts';
import { TokenHistory } from '../../../src/engine/math/tokenHistory.ts';

const plain: SamplingSettings = { temperature: 1, ...neutralSampling };
const filters: readonly Partial<SamplingSettings>[] = [
  {},
  { topK: 1 },
  { topK: 20 },
  { topP: 0.6 },
  { minP: 0.1 },
  { repetitionPenalty: 1.5, frequencyPenalty: 0.3, presencePenalty: -0.2 },
  { topK: 30, topP: 0.9, minP: 0.02, repetitionPenalty: 0.8 },
];

function chooser(settings: SamplingSettings, seed: number): TokenChooser {
  const random = new Random(seed);
  return new TokenChooser(settings, (numbers) => random.fillUniform(numbers));
}

function rowOf(logits: Float32Array, prompt: readonly number[] = []): RowToContinue {
  return { logits, history: new TokenHistory(prompt) };
}

function historyFor(vocabulary: number, random: Random): TokenHistory {
  const history = new TokenHistory([0, vocabulary - 1]);
  for (let i = 0; i < 6; i++) history.add(random.below(vocabulary));
  return history;
}

/** Logits as they are drawn from: behind the penalties, −Infinity where they are filtered out. */
function filtered({ logits, history }: RowToContinue, settings: SamplingSettings): Float32Array {
  const row = floatBits(logits.length);
  row.values.set(logits);
  penalise(row.values, history, settings);
  const cutoff = new LogitCutoff().find(row, settings);
  return row.values.map((logit) => (logit < cutoff ? -Infinity : logit));
}

/** The definition: one noise vector, worked out in full. */
function reference(
  rows: readonly RowToContinue[],
  settings: SamplingSettings,
  random: Random,
): number[] {
  const noise = Array.from(rows[0]?.logits ?? [], () => -Math.log(-Math.log(random.uniform())));
  return rows.map((row) => {
    const scores = filtered(row, settings);
    let [best, highest] = [-1, -Infinity];
    for (const [i, value] of noise.entries()) {
      const score = (scores[i] ?? NaN) * (1 / settings.temperature) + value;
      if (score > highest) [best, highest] = [i, score];
    }
    return best;
  });
}

describe.each([5, 300, 32_000])('%s tokens', (vocabulary) => {
  test.each([0.05, 0.8, 5])(
    'chooses what the definition chooses, temperature %s',
    (temperature) => {
      const random = new Random(1000 * vocabulary);
      for (let round = 0; round < (vocabulary > 1000 ? 14 : 140); round++) {
        const settings = { ...plain, temperature, ...filters[round % filters.length] };
        const first = random.fillNormal(new Float32Array(vocabulary), 2);
        first[random.below(vocabulary)] = -Infinity;
        const rows = Array.from({ length: 1 + (round % 4) }, (_, n): RowToContinue => {
          const logits = first.map((value) => value + 0.3 * n * random.normal());
          return { logits, history: historyFor(vocabulary, random) };
        });
        const given = rows.map(({ logits }) => logits.slice());
        const own = chooser(settings, round);
        const expected = new Random(round);
        for (let step = 0; step < 3; step++) {
          expect(own.choose(rows)).toEqual(reference(rows, settings, expected));
        }
        // Logits are read by others, too.
        expect(rows.map(({ logits }) => logits)).toEqual(given);
      }
    },
  );
});

test.each(filters)(
  'rows with equal logits choose alike, and V numbers are used up, %o',
  (filter) => {
    const source = new Random(3);
    const logits = source.fillNormal(new Float32Array(100), 3);
    const other = source.fillNormal(new Float32Array(100), 3);
    let used = 0;
    const own = new TokenChooser({ ...plain, ...filter }, (numbers) => {
      used += numbers.length;
      source.fillUniform(numbers);
    });
    for (let step = 1; step <= 200; step++) {
      const rows = [rowOf(logits, [4, 7]), rowOf(other, [1]), rowOf(logits.slice(), [7, 4])];
      const [first, , last] = own.choose(rows);
      expect(last).toBe(first);
      expect(used).toBe(100 * step);
    }
  },
);

test('a row chooses the same with and without others beside it', () => {
  const random = new Random(8);
  const [a, b] = [0, 1].map(() => rowOf(random.fillNormal(new Float32Array(500), 2), [3]));
  if (a === undefined || b === undefined) throw new Error('two rows');
  const settings = { ...plain, topP: 0.9, repetitionPenalty: 1.2 };
  const [together, alone, turned] = [
    chooser(settings, 1),
    chooser(settings, 1),
    chooser(settings, 1),
  ];
  for (let step = 0; step < 100; step++) {
    const both = together.choose([a, b]);
    expect(alone.choose([a])).toEqual(both.slice(0, 1));
    expect(turned.choose([b, a])).toEqual(both.toReversed());
  }
});

describe('greedy', () => {
  test('is the largest logit behind the penalties, the first of equal ones, without a random number', () => {
    const refuse = (): number => {
      throw new Error('no number is needed');
    };
    const logits = Float32Array.of(1, 5, 4, 5, -Infinity);
    const own = (settings: Partial<SamplingSettings>): TokenChooser =>
      new TokenChooser(
        { ...plain, temperature: 0, topK: 1, topP: 0, minP: 1, ...settings },
        refuse,
      );
    expect(own({}).choose([rowOf(logits), rowOf(logits.toReversed())])).toEqual([1, 1]);
    expect(own({ repetitionPenalty: 2 }).choose([rowOf(logits, [1])])).toEqual([3]);
    expect(own({ repetitionPenalty: 2 }).choose([rowOf(logits, [1, 3])])).toEqual([2]);
    const history = new TokenHistory([]);
    for (const id of [1, 3]) history.add(id);
    expect(own({ presencePenalty: 0.5 }).choose([{ logits, history }])).toEqual([1]);
    expect(own({ frequencyPenalty: 2 }).choose([{ logits, history }])).toEqual([2]);
  });
});

test('a filtered token is never drawn, whatever the random numbers', () => {
  // Noise of −Infinity for the only token that stays.
  const own = new TokenChooser({ ...plain, topK: 1 }, (numbers) => numbers.fill(0));
  expect(own.choose([rowOf(Float32Array.of(0, 1, 3, 2))])).toEqual([2]);
  const impossible = new Float32Array(4).fill(-Infinity);
  expect(chooser({ ...plain, topP: 0.5 }, 1).choose([rowOf(impossible)])).toEqual([0]);
  expect(own.choose([])).toEqual([]);
});

describe('draws as often as the softmax of what stays says', () => {
  const logits = new Random(12).fillNormal(new Float32Array(40), 1.5);
  logits[3] = -Infinity;
  test.each([
    {},
    { temperature: 0.6 },
    { temperature: 2.5 },
    { topK: 7 },
    { topP: 0.8 },
    { minP: 0.2 },
    { temperature: 1.4, topK: 15, topP: 0.9, minP: 0.05, repetitionPenalty: 1.7 },
  ] satisfies Partial<SamplingSettings>[])('%o', (options) => {
    const settings = { ...plain, ...options };
    const row = rowOf(logits, [0, 5, 9]);
    const weights = filtered(row, settings).map((logit) => Math.exp(logit / settings.temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const own = chooser(settings, 99);
    const draws = 100_000;
    const counts = new Float64Array(logits.length);
    for (let i = 0; i < draws; i++) {
      const id = own.choose([row])[0] ?? NaN;
      counts[id] = (counts[id] ?? 0) + 1;
    }
    let [chiSquared, degrees] = [0, -1];
    // What is expected fewer than five times is one class, as Cochran advises, so that the distribution of χ² holds.
    let [rareExpected, rareCount] = [0, 0];
    for (const [id, weight] of weights.entries()) {
      const count = counts[id] ?? NaN;
      const expected = (draws * weight) / total;
      if (weight === 0) expect(count).toBe(0);
      if (expected < 5) {
        rareExpected += expected;
        rareCount += count;
        continue;
      }
      chiSquared += (count - expected) ** 2 / expected;
      degrees += 1;
    }
    if (rareExpected > 1) {
      chiSquared += (rareCount - rareExpected) ** 2 / rareExpected;
      degrees += 1;
    }
    // χ² has mean `degrees` and variance 2 · degrees; beyond five deviations lies less than 1 in 500 of it from three
    // degrees on, and the seed is fixed.
    expect(degrees).toBeGreaterThan(2);
    expect(chiSquared).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees));
  });
});
