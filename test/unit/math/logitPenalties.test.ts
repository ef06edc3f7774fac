import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasPenalties, penalise } from '../../../src/engine/math/logitPenalties.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import { neutralSampling } from '../../../src/engine/math/samplingSettings.ts';
import { TokenHistory } from '../../../src/engine/math/tokenHistory.ts';

interface Text {
  readonly prompt: readonly number[];
  readonly generated: readonly number[];
}

function historyOf({ prompt, generated }: Text): TokenHistory {
  const history = new TokenHistory(prompt);
  for (const id of generated) history.add(id);
  return history;
}

/** The definitions, token by token over the whole vocabulary, in float64. */
function reference(
  logits: Float32Array,
  { prompt, generated }: Text,
  [repetition, frequency, presence]: readonly [number, number, number],
): Float64Array {
  return Float64Array.from(logits, (logit, id) => {
    const count = generated.filter((other) => other === id).length;
    let x = logit;
    if (count > 0 || prompt.includes(id)) x = x < 0 ? x * repetition : x / repetition;
    return x - count * frequency - Math.min(count, 1) * presence;
  });
}

const penaltiesOf = ([repetition, frequency, presence]: readonly [number, number, number]) => ({
  repetitionPenalty: repetition,
  frequencyPenalty: frequency,
  presencePenalty: presence,
});

test.each([5, 100, 32_000])('are those of their definitions, %s tokens', (vocabulary) => {
  const random = new Random(vocabulary);
  for (let round = 0; round < 20; round++) {
    const logits = random.fillNormal(new Float32Array(vocabulary), 5);
    logits[random.below(vocabulary)] = -Infinity;
    const draw = (length: number): number[] =>
      Array.from({ length }, () => random.below(vocabulary));
    const text = {
      prompt: draw(12),
      generated: [...draw(8), ...draw(2).flatMap((id) => [id, id])],
    };
    const values = [0.5 + 1.5 * random.uniform(), 2 * random.normal(), random.normal()] as const;
    const expected = reference(logits, text, values);
    const changed = logits.slice();
    penalise(changed, historyOf(text), penaltiesOf(values));
    const wrong = changed.filter((value, id) => {
      const exact = expected[id] ?? NaN;
      if (!Number.isFinite(exact)) return value !== exact;
      // The penalty and the result are rounded to float32, each by 2^-24 of a number no larger than this sum.
      const size = Math.abs(exact - (logits[id] ?? NaN)) + 3 * Math.abs(logits[id] ?? NaN);
      return !(Math.abs(value - exact) <= 2 ** -23 * size);
    });
    expect([...wrong]).toEqual([]);
  }
});

test('tokens outside of the history keep every bit, and neutral penalties change none', () => {
  const tokens = fc.array(fc.nat(9), { maxLength: 12 });
  const logits = fc.float32Array({ minLength: 10, maxLength: 10, noNaN: true });
  fc.assert(
    fc.property(logits, tokens, tokens, (row, prompt, generated) => {
      const bits = (x: Float32Array): number[] => [...new Uint32Array(x.slice().buffer)];
      const neutral = row.slice();
      penalise(neutral, historyOf({ prompt, generated }), neutralSampling);
      expect(bits(neutral)).toEqual(bits(row));
      const changed = row.slice();
      penalise(changed, historyOf({ prompt, generated }), penaltiesOf([1.5, 0.5, 0.25]));
      const [before, after] = [bits(row), bits(changed)];
      for (let id = 0; id < 10; id++) {
        if (!prompt.includes(id) && !generated.includes(id)) expect(after[id]).toBe(before[id]);
      }
    }),
    { numRuns: 300, seed: 4 },
  );
});

test('the prompt counts for repetition only, and only once', () => {
  const logits = Float32Array.of(2, -2, 0, 3);
  penalise(logits, historyOf({ prompt: [0, 0, 1, 2], generated: [] }), penaltiesOf([2, 1, 1]));
  expect([...logits]).toEqual([1, -4, 0, 3]);
});

test('frequency counts, presence does not', () => {
  const logits = Float32Array.of(2, -2, 0, 3);
  penalise(logits, historyOf({ prompt: [3], generated: [0, 0, 1] }), penaltiesOf([1, 0.5, 0.25]));
  expect([...logits]).toEqual([2 - 1 - 0.25, -2 - 0.5 - 0.25, 0, 3]);
});

test('ids beyond the logits are passed over', () => {
  const logits = Float32Array.of(2, -2);
  penalise(logits, historyOf({ prompt: [7], generated: [9] }), penaltiesOf([2, 1, 1]));
  expect([...logits]).toEqual([2, -2]);
});

test('a penalty is one as soon as one value is not neutral', () => {
  expect(hasPenalties(neutralSampling)).toBe(false);
  for (const values of [
    [1.1, 0, 0],
    [1, 0.1, 0],
    [1, 0, -0.1],
  ] as const) {
    expect(hasPenalties(penaltiesOf(values))).toBe(true);
  }
});
