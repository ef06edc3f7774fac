import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import {
  buildFeatureStore,
  examplesPerFeature,
  type CorpusDocument,
} from '../../../src/engine/features/build.ts';
import { featureBriefs, featureSummary } from '../../../src/engine/features/query.ts';
import { FeatureStore } from '../../../src/engine/features/store.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { occurrences, row, textOf, topExamples } from './bruteForce.ts';
import { randomCorpus, stream } from './corpus.ts';

const at = useTemporaryFolder();
const identity = {
  modelSha256: 'aa',
  saeSha256: 'bb',
  site: 'blocks.2.hook_resid_post',
  features: 40,
  corpus: 'random texts',
};
const shape = { documents: 60, features: 40, topK: 5, scale: 1, seed: 5 };
const build = (file: string, corpus: readonly CorpusDocument[]) =>
  buildFeatureStore(file, identity, stream(corpus));

async function openStore(corpus: readonly CorpusDocument[]): Promise<FeatureStore> {
  await build(at('features.sqlite'), corpus);
  return FeatureStore.open(at('features.sqlite'));
}

test.each([
  { ...shape, scale: 1 },
  { ...shape, scale: 1e-6, seed: 6 },
  { ...shape, scale: 1e6, seed: 7 },
])('equals a brute-force computation over the corpus: $scale', async (made) => {
  const corpus = randomCorpus(made);
  const store = await openStore(corpus);
  const tokens = corpus.reduce((sum, { ids }) => sum + ids.length, 0);
  expect(store.facts).toEqual({ ...identity, documents: 60, tokens });
  let shown = 0;
  for (let feature = 0; feature < made.features; feature += 1) {
    const fired = occurrences(corpus, feature).map(({ activation }) => activation);
    const max = Math.max(0, ...fired);
    const sum = fired.reduce((total, value) => total + value, 0);
    const summary = featureSummary(store, feature, examplesPerFeature);
    expect(summary.corpusTokens).toBe(tokens);
    expect(summary.density).toBe(fired.length / tokens);
    expect(summary.maxActivation).toBe(max);
    // Sums in double precision, in the same order.
    expect(summary.meanActivation).toBe(fired.length === 0 ? 0 : sum / fired.length);
    expect(store.brief(feature)?.sumOfSquares ?? 0).toBeCloseTo(
      fired.reduce((total, value) => total + value * value, 0),
    );

    // Counts up to each border of the histogram, give or take what lies within max / 512 of it.
    expect(summary.histogram.length).toBe(32);
    let counted = 0;
    summary.histogram.forEach((count, bin) => {
      counted += count;
      const border = ((bin + 1) * max) / 32;
      const slack = max / 512 + max * 1e-6;
      expect(counted).toBeGreaterThanOrEqual(fired.filter((v) => v < border - slack).length);
      expect(counted).toBeLessThanOrEqual(fired.filter((v) => v <= border + slack).length);
    });
    expect(counted).toBe(fired.length);

    const expected = topExamples(corpus, feature, examplesPerFeature);
    expect(summary.examples.length).toBe(expected.length);
    shown += expected.length;
    for (const [index, example] of summary.examples.entries()) {
      const { document: d, token, activation } = expected[index] ?? expect.unreachable();
      const document = corpus[d] ?? expect.unreachable();
      const from = Math.max(0, token - 16);
      const to = Math.min(document.ids.length, token + 17);
      expect(example.peak).toBe(token - from);
      expect(example.activations[example.peak]).toBe(activation);
      expect(example.tokens.join('')).toBe(
        document.text.slice(from === 0 ? 0 : document.ends[from - 1], document.ends[to - 1]),
      );
      const activations = row(document, feature).slice(from, to);
      expect(example.activations.length).toBe(activations.length);
      // Half a step of 1/65535 of the peak, and never 0 for what is active.
      example.activations.forEach((value, i) => {
        const exact = activations[i] ?? NaN;
        expect(value > 0).toBe(exact > 0);
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(activation / 65535);
      });
    }
    const counts = new Map<string, number>();
    for (const { document, token } of expected) {
      const text = textOf(corpus[document] ?? expect.unreachable(), token);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const peaks = [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text);
    expect(summary.peakTokens).toEqual(peaks.slice(0, 5));
  }
  expect(shown).toBeGreaterThan(300);
  store.close();
});

test('briefs come in the order asked for; a feature that never fired has zeros', async () => {
  const store = await openStore(randomCorpus({ ...shape, features: 30 }));
  const [never, first] = featureBriefs(store, Uint32Array.of(39, 0));
  expect(never).toEqual({ feature: 39, density: 0, maxActivation: 0, peakTokens: [] });
  expect(first?.feature).toBe(0);
  expect(first?.density).toBeGreaterThan(0);
  expect(featureSummary(store, 39, 5)).toMatchObject({ meanActivation: 0, examples: [] });
  expect(featureSummary(store, 0, 3).examples.length).toBe(3);
  for (const bad of [40, -1, 0.5, NaN]) {
    expect(() => featureSummary(store, bad, 5)).toThrow(
      expect.objectContaining({ code: 'unknownFeature' }),
    );
  }
  store.close();
});

test('the same corpus gives the same file', async () => {
  await build(at('a'), randomCorpus(shape));
  await build(at('b'), randomCorpus(shape));
  expect((await readFile(at('a'))).equals(await readFile(at('b')))).toBe(true);
});

test('an empty corpus gives a store without features', async () => {
  const store = await openStore([]);
  expect(store.facts).toMatchObject({ documents: 0, tokens: 0 });
  expect(featureSummary(store, 3, 5)).toMatchObject({ density: 0, meanActivation: 0 });
  store.close();
});

describe('interrupted builds', () => {
  test('leave nothing under the final name, nor beside it', async () => {
    const broken = buildFeatureStore(at('f'), identity, stream(randomCorpus(shape), 30));
    await expect(broken).rejects.toThrow('the corpus ended badly');
    expect(await readdir(at())).toEqual([]);
  });

  test('leave an earlier store as it was', async () => {
    await build(at('f'), randomCorpus(shape));
    const before = await readFile(at('f'));
    const broken = buildFeatureStore(at('f'), identity, stream(randomCorpus(shape), 1));
    await expect(broken).rejects.toThrow();
    expect((await readFile(at('f'))).equals(before)).toBe(true);
    expect(await readdir(at())).toEqual(['f']);
  });

  test('a document that contradicts itself, or a feature out of range, stops the build', async () => {
    const [document = expect.unreachable()] = randomCorpus(shape);
    const short = { ...document, ends: document.ends.subarray(1) };
    await expect(build(at('f'), [short])).rejects.toMatchObject({ code: 'badShape' });
    const backwards = { ...document, ends: document.ends.toReversed() };
    await expect(build(at('f'), [backwards])).rejects.toMatchObject({ code: 'badShape' });
    const foreign = { ...document, features: document.features.map(() => 40) };
    await expect(build(at('f'), [foreign])).rejects.toThrow(/feature 40 where there are 40/);
    expect(await readdir(at())).toEqual([]);
  });
});

test('a store in a folder nobody may write to opens, and opening writes nothing', async () => {
  await mkdir(at('bundle'));
  await build(at('bundle', 'features.sqlite'), randomCorpus(shape));
  await chmod(at('bundle', 'features.sqlite'), 0o444);
  await chmod(at('bundle'), 0o555);
  const store = await FeatureStore.open(at('bundle', 'features.sqlite'));
  expect(featureSummary(store, 0, 5).examples.length).toBe(5);
  // Also for root, whom permissions do not stop.
  expect(await readdir(at('bundle'))).toEqual(['features.sqlite']);
  store.close();
  await chmod(at('bundle'), 0o755);
});

describe('files that are no store of ours', () => {
  test('missing, text, another database', async () => {
    await expect(FeatureStore.open(at('none'))).rejects.toMatchObject({ code: 'noFeatureStore' });
    await writeFile(at('text'), 'not a database, but long enough to be looked at as one'.repeat(9));
    await expect(FeatureStore.open(at('text'))).rejects.toMatchObject({ code: 'fileDamaged' });
    const other = new DatabaseSync(at('other'));
    other.exec('CREATE TABLE t (a)');
    other.close();
    await expect(FeatureStore.open(at('other'))).rejects.toThrow(/is not a feature store/);
  });

  test('another format says which one and what to do', async () => {
    await build(at('f'), randomCorpus(shape));
    const database = new DatabaseSync(at('f'));
    database.exec('PRAGMA user_version = 7');
    database.close();
    await expect(FeatureStore.open(at('f'))).rejects.toMatchObject({ code: 'fileDamaged' });
    await expect(FeatureStore.open(at('f'))).rejects.toThrow(
      /has format 7, this version of Monosem reads format 1; build the store again/,
    );
  });

  test('cut short or overwritten: an error, never wrong numbers', async () => {
    await build(at('f'), randomCorpus({ ...shape, documents: 300 }));
    const bytes = await readFile(at('f'));
    await writeFile(at('cut'), bytes.subarray(0, 40_000));
    const readAll = async (file: string): Promise<void> => {
      const store = await FeatureStore.open(file);
      try {
        for (let feature = 0; feature < 40; feature += 1) featureSummary(store, feature, 20);
      } finally {
        store.close();
      }
    };
    await readAll(at('f'));
    await expect(readAll(at('cut'))).rejects.toMatchObject({ code: 'fileDamaged' });
    await copyFile(at('f'), at('hit'));
    await writeFile(at('hit'), Buffer.from(bytes).fill(0xff, 16_384));
    await expect(readAll(at('hit'))).rejects.toMatchObject({ code: 'fileDamaged' });
  });
});
