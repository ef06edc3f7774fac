// Ten features of the default SAE that stand for a word, chosen by hand: turned up, the model expects the word more wherever
// it writes; taken out, it expects later mentions less in stories that are about it. docs/steering.md shows the numbers.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { AblationMapBatch, LikelyTokens, Source } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const sae = path.resolve(defaultSaeFolder);
const source: Source = { model: path.resolve(defaultModelFolder), saes: [sae] };
const engine = Engine.create();
afterAll(() => engine.dispose());
const context = { signal: { aborted: false }, progress: (): void => undefined };
/** Nothing in them speaks for any of the words. */
const prompts = ['Once upon a time, there was a', 'One day, Tom saw a big', 'They went to the'];
/** Times the largest activation in the corpus. */
const strength = 1;
/** All of the vocabulary. */
const everything = 32_000;
const mostStories = 4;

interface Row {
  readonly feature: number;
  readonly words: readonly string[];
  /** Mean of ln p(words) behind the prompts, steered less baseline. */
  readonly clamped: number;
  /** Mean of the loss of later mentions, ablated less baseline. */
  readonly ablated: number;
  readonly mentions: number;
}

/** `| 3012 | \` cat\` | 6.32 | 1.882 | 44 |` */
const tableRow = /^\| (\d+) +\| (.+?) +\| (-?[\d.]+) +\| (-?[\d.]+) +\| (\d+) +\|$/gm;
const rows = [...readFileSync('docs/steering.md', 'utf8').matchAll(tableRow)].map(
  ([, feature, words = '', clamped, ablated, mentions]): Row => ({
    feature: Number(feature),
    words: [...words.matchAll(/“(.+?)”/g)].map(([, word = '']) => ` ${word}`),
    clamped: Number(clamped),
    ablated: Number(ablated),
    mentions: Number(mentions),
  }),
);

test('the documentation shows ten', () => {
  expect(rows).toHaveLength(10);
});

describe.each(rows)('feature $feature', ({ feature, words, ...shown }) => {
  const ref = { sae, feature: featureIndex(feature) };
  const probabilityIn = ({ texts, probabilities }: LikelyTokens): number =>
    texts.reduce((sum, text, i) => (words.includes(text) ? sum + (probabilities[i] ?? 0) : sum), 0);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  test('its examples peak on the words', async () => {
    const { peakTokens } = await engine.feature({ source, ...ref, exampleLimit: 12 });
    expect(peakTokens).toEqual(words);
  });

  test('turned up, the words are more likely', async () => {
    const gains: number[] = [];
    for (const prompt of prompts) {
      const edit = { ...ref, operation: 'clamp', amount: strength, unit: 'max' } as const;
      const generation = { maxTokens: 1, temperature: 0, seed: 0, top: everything };
      const { samples } = await engine.steer(
        { source, prompt, edits: [edit], ...generation },
        context,
      );
      const expected = samples[0]?.steps[0]?.expected;
      if (expected === undefined) throw new Error('nothing is expected');
      gains.push(Math.log(probabilityIn(expected.steered) / probabilityIn(expected.baseline)));
    }
    expect(Math.min(...gains)).toBeGreaterThan(0);
    expect(mean(gains)).toBeCloseTo(shown.clamped, 1);
  });

  test('taken out, later mentions are less likely', async () => {
    const changes: number[] = [];
    for (const text of storiesAbout(words)) {
      const batches: AblationMapBatch[] = [];
      await engine.ablationMap(
        { source, ...ref, text },
        { ...context, progress: (batch: AblationMapBatch) => batches.push(batch) },
      );
      changes.push(...batches.flatMap((batch) => mentionsIn(batch, text)).slice(1));
    }
    expect(changes).toHaveLength(shown.mentions);
    expect(mean(changes)).toBeGreaterThan(0);
    expect(mean(changes)).toBeCloseTo(shown.ablated, 2);
  });

  /** Change of the loss of each token that is one of the words. */
  function mentionsIn(batch: AblationMapBatch, text: string): number[] {
    const { count, starts, ends, baseline, ablated } = batch;
    return Array.from({ length: count }, (_, i) => i)
      .filter((i) => words.includes(text.slice(starts[i], ends[i])))
      .map((i) => (ablated[i] ?? NaN) - (baseline[i] ?? NaN));
  }
});

/** The first stories of the corpus that mention one of the words three times or more. */
function storiesAbout(words: readonly string[]): string[] {
  const corpus = readFileSync(path.join(defaultModelFolder, 'corpus', 'stories.txt'), 'utf8');
  const [word = ''] = words;
  return corpus
    .split(/<\|endoftext\|>\n?/)
    .filter((story) => story.split(word).length > 3)
    .slice(0, mostStories);
}
