// The two ways of choosing the next token from logits that need no history: the largest, or a draw.
import { GumbelNoise } from './gumbelNoise.ts';

/** Index of the largest value in logits[from, from + length); the first one where several are equal. */
export function argmax(logits: Float32Array, from: number, length: number): number {
  let best = 0;
  for (let i = 1; i < length; i++) if (logits[from + i] > logits[from + best]) best = i;
  return best;
}

/**
 * A draw from softmax(a / temperature) and one from softmax(b / temperature), a and b [V], coupled by one noise vector.
 * @param temperature above 0
 * @param uniform draws from [0, 1); called V times
 */
export function sampleGumbelPair(
  a: Float32Array,
  b: Float32Array,
  temperature: number,
  uniform: () => number,
): [number, number] {
  const noise = new GumbelNoise();
  noise.draw(a.length, uniform);
  return [noise.choose(a, temperature), noise.choose(b, temperature)];
}
