// How strong an edit of the default SAE may be: the table of docs/steering.md, worked out anew.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const sae = path.resolve(defaultSaeFolder);
const source = { model: path.resolve(defaultModelFolder), saes: [sae] };
const engine = Engine.create();
afterAll(() => engine.dispose());

/** `| 0.5 | 0.26 | 1.8 | 3 % | she saw a big … |` */
const tableRow = /^\| (baseline|[\d.]+) +\| +([\d.]+) \| +([\d.]+) \| +(\d+) % \| (.+?) +\|$/gm;
const shown = [...readFileSync('docs/steering.md', 'utf8').matchAll(tableRow)].map(
  ([, amount, kl, perplexity, repetition, begins]) => ({
    amount,
    kl: Number(kl),
    perplexity: Number(perplexity),
    repetition: Number(repetition),
    begins,
  }),
);

test('the documentation shows what strengths do', async () => {
  const amounts = shown.slice(1).map(({ amount }) => Number(amount));
  expect(amounts.length).toBeGreaterThan(3);
  const { baseline, points } = await engine.sweep(
    {
      source,
      prompt: 'Lily lived in a small house near the sea. One day,',
      edits: [{ sae, feature: featureIndex(3012), operation: 'clamp', amount: 1, unit: 'max' }],
      ...{ amounts, maxTokens: 40, temperature: 0, seed: 0 },
    },
    { signal: { aborted: false }, progress: () => undefined },
  );
  const found = [baseline, ...points].map(({ continuation, ...measures }, i) => ({
    ...measures,
    text: continuation.text.trim().slice(0, shown[i]?.begins?.length),
  }));
  expect(found.map(({ text }) => text)).toEqual(shown.map(({ begins }) => begins));
  for (const [i, { kl, perplexity, repetition }] of found.entries()) {
    // As many digits as the table has.
    expect(kl).toBeCloseTo(shown[i]?.kl ?? NaN, 2);
    expect(perplexity).toBeCloseTo(shown[i]?.perplexity ?? NaN, 1);
    expect(Math.round(100 * repetition)).toBe(shown[i]?.repetition);
  }
});
