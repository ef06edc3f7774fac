// Steering as Neuronpedia, SAELens, Anthropic and SAEBench define it, each written as an edit, against an independent numpy
// script that runs their formulas on the same weights (scripts/golden/steering.py).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { TextTokenizer } from '../../../src/engine/tokenizer/tokenizer.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { FeatureEdit, FeatureRef, LikelyTokens } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

interface Run {
  readonly prompt: string;
  readonly formula: string;
  readonly feature?: number;
  readonly number?: number;
  /** Likeliest tokens behind the prompt with their logits. */
  readonly top: readonly (readonly [id: number, logit: number])[];
  readonly greedyIds: readonly number[];
  readonly greedyMargins: readonly number[];
}

const { runs } = JSON.parse(readFileSync('test/golden/steering.json', 'utf8')) as {
  runs: readonly Run[];
};
const model = path.resolve(defaultModelFolder);
const sae = path.resolve(defaultSaeFolder);
const engine = Engine.create();
afterAll(() => engine.dispose());

/** What the script takes for the largest activation. */
const maximum = 1.75;
/** Both run in float32 on the same weights, in another order of sums: 1e-5 without an edit, more behind large ones. */
const tolerance = 2e-4;
/** Below this margin rounding may decide a greedy step. */
const tie = 5e-3;

/** Each formula as an edit. @param promptLength BOS included */
const formulas: Readonly<
  Record<string, (ref: FeatureRef, number: number, promptLength: number) => readonly FeatureEdit[]>
> = {
  baseline: () => [],
  neuronpediaAdditive: (ref, amount) => [{ ...ref, operation: 'add', amount }],
  // The decoder rows of this SAE have length 1, so raw and normalised strength are the same.
  neuronpediaAdditiveUnit: (ref, amount) => [{ ...ref, operation: 'add', amount }],
  neuronpediaOrthogonal: (ref, amount) => [{ ...ref, operation: 'project', amount }],
  neuronpediaCap: (ref, amount) => [{ ...ref, operation: 'cap', amount }],
  saelensTutorial: (ref, strength) => [{ ...ref, operation: 'add', amount: strength * maximum }],
  saelensSteeringVector: (ref, amount, promptLength) => [
    {
      ...ref,
      operation: 'add',
      amount,
      positions: { ranges: [{ from: 0, to: promptLength - 1 }] },
    },
  ],
  anthropicClamp: (ref, multiple) => [{ ...ref, operation: 'clamp', amount: multiple * maximum }],
  saebenchWhereActive: (ref, multiplier) => [
    {
      ...ref,
      operation: 'clamp',
      amount: -multiplier,
      onlyActive: true,
      positions: { skipSpecial: true },
    },
  ],
};

/** How far differences of ln p are from those of the script's logits, all taken to the likeliest token. */
function logitErrors({ ids, probabilities }: LikelyTokens, top: Run['top']): number[] {
  const found = new Map(Array.from(ids, (id, i) => [id, Math.log(probabilities[i] ?? NaN)]));
  const [best = 0, bestLogit = NaN] = top[0] ?? [];
  return top.map(([id, logit]) => {
    const difference = (found.get(id) ?? NaN) - (found.get(best) ?? NaN);
    return Math.abs(difference - (logit - bestLogit));
  });
}

test.each(runs.map((run) => [`${run.formula} ${run.feature ?? ''}: ${run.prompt}`, run] as const))(
  '%s',
  async (_, { prompt, formula, feature = 0, number = 0, top, greedyIds, greedyMargins }) => {
    const tokenizer = await TextTokenizer.load(model);
    const { ids } = await tokenizer.encode(prompt);
    const ref = { sae, feature: featureIndex(feature) };
    const edits = formulas[formula]?.(ref, number, ids.length + 1);
    if (edits === undefined) throw new Error(`no edit for ${formula}`);
    const { samples } = await engine.steer(
      {
        ...{ source: { model, saes: [sae] }, prompt, edits, top: 60 },
        ...{ maxTokens: greedyIds.length, temperature: 0, seed: 0 },
      },
      { signal: { aborted: false }, progress: () => undefined },
    );
    const [sample] = samples;
    const expected = sample?.steps[0]?.expected?.steered;
    if (sample === undefined || expected === undefined) throw new Error('nothing was written');
    const tied = greedyMargins.findIndex((margin) => margin < tie);
    const sure = tied === -1 ? greedyIds.length : tied;
    expect(sample.steered.tokens.slice(0, sure)).toEqual(greedyIds.slice(0, sure));
    for (const error of logitErrors(expected, top)) expect(error).toBeLessThan(tolerance);
  },
);

test('most greedy steps are beyond rounding', () => {
  const ties = runs.flatMap(({ greedyMargins }) => greedyMargins.filter((margin) => margin < tie));
  expect(ties.length).toBeLessThan(runs.length / 2);
});
