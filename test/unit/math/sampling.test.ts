import { expect, test } from 'vitest';
import { Random } from '../../../src/engine/math/rng.ts';
import { sampleGumbelPair } from '../../../src/engine/math/sampling.ts';

/** The definition: one noise vector, worked out in full. */
function referencePair(a: Float32Array, b: Float32Array, temperature: number, seed: number) {
  const random = new Random(seed);
  const noise = Array.from(a, () => -Math.log(-Math.log(random.uniform())));
  const choose = (logits: Float32Array): number => {
    const scores = noise.map((value, i) => (logits[i] ?? NaN) / temperature + value);
    return scores.indexOf(Math.max(...scores));
  };
  return [choose(a), choose(b)];
}

test.each([0.05, 0.8, 5])('chooses what the definition chooses, temperature %s', (temperature) => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(1000 + seed);
    const a = random.fillNormal(new Float32Array(300), 2);
    const b = a.map((value) => value + 0.3 * random.normal());
    const uniform = new Random(seed);
    expect(sampleGumbelPair(a, b, temperature, () => uniform.uniform())).toEqual(
      referencePair(a, b, temperature, seed),
    );
  }
});

test('draws tokens as often as the softmax says, equal rows alike', () => {
  const logits = Float32Array.of(0, 1, 2, -1, -Infinity);
  const random = new Random(5);
  const counts = new Float64Array(logits.length);
  const draws = 40_000;
  for (let i = 0; i < draws; i++) {
    const [a, b] = sampleGumbelPair(logits, logits, 1, () => random.uniform());
    expect(b).toBe(a);
    counts[a] = (counts[a] ?? 0) + 1;
  }
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  for (const [i, logit] of logits.entries()) {
    // 5 standard deviations of a share at 40,000 draws.
    expect(Math.abs((counts[i] ?? 0) / draws - Math.exp(logit) / total)).toBeLessThan(0.0125);
  }
});
