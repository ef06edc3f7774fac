// What Hugging Face transformers makes of the same logits: scripts/golden/sampling.py.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LogitCutoff } from '../../../src/engine/math/logitCutoff.ts';
import { penalise } from '../../../src/engine/math/logitPenalties.ts';
import { floatBits } from '../../../src/engine/math/radixSelect.ts';
import {
  neutralSampling,
  type SamplingSettings,
} from '../../../src/engine/math/samplingSettings.ts';
import { TokenHistory } from '../../../src/engine/math/tokenHistory.ts';

interface Case {
  readonly vocabulary: number;
  readonly seed: number;
  readonly spread: number;
  readonly history: readonly number[];
  readonly options: Partial<SamplingSettings>;
  /** Logits of the tokens of the history. */
  readonly penalised: Readonly<Record<string, number>>;
  /** How many tokens stay, the sum of their ids, and where they are not too many the ids and what they are drawn with. */
  readonly count: number;
  readonly sum: number;
  readonly kept?: readonly number[];
  readonly probabilities?: readonly number[];
}

const path = new URL('../../golden/sampling.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly processors: readonly string[];
  readonly cases: readonly Case[];
};

/** The logits of sampling.py. */
function logitsOf({ vocabulary, seed, spread }: Case): Float32Array {
  return Float32Array.from({ length: vocabulary }, (_, i) => {
    let h = (i + seed * 1_000_003) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    const centred = ((h ^ (h >>> 16)) >>> 9) / 2 ** 22 - 1;
    return spread * (centred * centred * centred);
  });
}

test('the order is that of transformers', () => {
  expect(golden.processors).toEqual([
    'RepetitionPenaltyLogitsProcessor',
    'TemperatureLogitsWarper',
    'TopKLogitsWarper',
    'TopPLogitsWarper',
    'MinPLogitsWarper',
  ]);
});

const named = golden.cases.map((item) => ({
  ...item,
  title: `${item.vocabulary} tokens, seed ${item.seed}, ${JSON.stringify(item.options)}`,
}));

describe('as transformers', () => {
  test.each(named)('$title', (item) => {
    const settings = { temperature: 1, ...neutralSampling, ...item.options };
    const row = floatBits(item.vocabulary);
    row.values.set(logitsOf(item));
    penalise(row.values, new TokenHistory(item.history), settings);
    // Bit for bit: there as here one float32 division or product.
    for (const [id, logit] of Object.entries(item.penalised)) {
      expect(row.values[Number(id)]).toBe(logit);
    }
    const cutoff = new LogitCutoff().find(row, settings);
    const kept = [...row.values.keys()].filter((id) => (row.values[id] ?? NaN) >= cutoff);
    expect(kept).toHaveLength(item.count);
    expect(kept.reduce((sum, id) => sum + id, 0)).toBe(item.sum);
    expect(kept).toEqual(item.kept ?? kept);
    const weights = kept.map((id) => Math.exp((row.values[id] ?? NaN) / settings.temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, probability] of (item.probabilities ?? []).entries()) {
      // There quotients by the temperature, below 64, are rounded to float32: to 2^-19, so 2e-6 of a weight and of the sum.
      expect(Math.abs((weights[i] ?? NaN) / total - probability)).toBeLessThan(4e-6 * probability);
    }
  });
});
