// The loss of every token with a feature and without it, against float64 arithmetic, window by window.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lineStarts, planWindows } from '../../../src/engine/analysis/windows.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type {
  AblationMapBatch,
  AblationMapParams,
  AblationMapTotals,
  SteerEdit,
  TokenBatch,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { expectNear } from './distributions.ts';
import { RandomSource, randomSources, textOf } from './randomSource.ts';

/** float32 against float64 over 3 layers, logits of size 1 to 10. */
const tolerance = 2e-4;
/** Of the model's 48 tokens, less the BOS. */
const capacity = 47;
const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-map-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

interface Mapped {
  readonly batches: readonly AblationMapBatch[];
  readonly totals: AblationMapTotals;
}

async function map(params: AblationMapParams): Promise<Mapped> {
  const batches: AblationMapBatch[] = [];
  const totals = await engine.ablationMap(params, {
    signal: { aborted: false },
    progress: (batch) => batches.push(batch),
  });
  return { batches, totals };
}

const joined = (parts: readonly ArrayLike<number>[]): number[] =>
  parts.flatMap((part) => Array.from(part));

describe.each(randomSources)('$name', (options) => {
  let random: RandomSource;
  beforeAll(async () => {
    random = await RandomSource.write(path.join(folder, options.kind), options);
  });

  const texts = fc.array(fc.integer({ min: 2, max: 55 }), { minLength: 1, maxLength: 110 });

  test('every loss is what float64 arithmetic says', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(1), fc.nat(95), async (ids, n, f) => {
        const text = textOf(ids);
        const [sae = '', feature] = [random.source.saes[n], featureIndex(f)];
        const threshold = 0.05;
        const { batches, totals } = await map({
          ...{ source: random.source, text, sae, feature, threshold },
        });
        const starts = Uint32Array.from(ids, (_, t) => textOf(ids.slice(0, t)).length);
        const plan = planWindows(Uint32Array.from(ids), lineStarts(text, starts), capacity);
        expect(batches.map(({ from, count }) => [from, from + count])).toEqual(
          plan.map(({ from, end }) => [from, end]),
        );
        expect(joined(batches.map((batch) => batch.ids))).toEqual(ids);
        const shown = batches.flatMap((batch) =>
          Array.from(batch.starts, (start, i) => text.slice(start, batch.ends[i]).trim()),
        );
        expect(shown.join(' ')).toBe(text);

        const everywhere: SteerEdit = {
          ...{ sae, feature, operation: 'ablate' },
          positions: { ranges: [{ from: 1 }] },
        };
        const expected = plan.map(({ start, from, end }) => {
          const window = ids.slice(start, end);
          const lossesOf = (edits: readonly SteerEdit[]): number[] => {
            const logs = random.logProbabilities(window, edits);
            return window.map((id, t) => -(logs[t]?.[id] ?? NaN)).slice(from - start);
          };
          return { baseline: lossesOf([]), ablated: lossesOf([everywhere]) };
        });
        for (const [w, { baseline, ablated }] of expected.entries()) {
          for (const [t, loss] of baseline.entries()) {
            expectNear(batches[w]?.baseline[t], loss, tolerance);
            expectNear(batches[w]?.ablated[t], ablated[t] ?? NaN, tolerance);
          }
        }
        const before = joined(batches.map((batch) => batch.baseline));
        const after = joined(batches.map((batch) => batch.ablated));
        const mean = (values: readonly number[]): number =>
          values.reduce((sum, value) => sum + value, 0) / values.length;
        const changes = after.map((loss, t) => loss - (before[t] ?? NaN));
        expect(totals.tokens).toBe(ids.length);
        expectNear(totals.meanBaseline, mean(before), 1e-9);
        expectNear(totals.meanAblated, mean(after), 1e-9);
        expectNear(totals.meanChange, mean(changes), 1e-9);
        expect(totals.changedTokens).toBe(
          changes.filter((change) => Math.abs(change) > threshold).length,
        );
      }),
      { numRuns: 15, seed: 5 },
    );
  }, 120_000);

  test('the baseline is what an analysis says', async () => {
    const text = textOf(Array.from({ length: 100 }, (_, t) => 2 + ((t * 7 + t * t) % 50)));
    const { source } = random;
    const [sae = ''] = source.saes;
    const { batches } = await map({ source, text, sae, feature: featureIndex(3) });
    const analysed: TokenBatch[] = [];
    await engine.analyse(
      { source, document: 'text', text, topK: 4, loss: true },
      { signal: { aborted: false }, progress: (batch) => analysed.push(batch) },
    );
    const expected = joined(analysed.map(({ losses }) => losses ?? []));
    for (const [t, loss] of joined(batches.map(({ baseline }) => baseline)).entries())
      expectNear(loss, expected[t] ?? NaN, 1e-5);
  });

  test('a feature that is active nowhere changes no bit', async () => {
    const ids = [5, 9, 30];
    const [sae = ''] = random.source.saes;
    const rows = random.activations(ids, 0);
    const silent = Array.from({ length: 96 }, (_, f) => f).find((f) =>
      rows.every((row) => row[f] === 0),
    );
    const feature = featureIndex(silent ?? -1);
    const { batches, totals } = await map({
      ...{ source: random.source, text: textOf(ids), sae, feature, threshold: 0 },
    });
    expect(totals).toMatchObject({ tokens: 3, meanChange: 0, changedTokens: 0 });
    expect(batches[0]?.ablated).toEqual(batches[0]?.baseline);
  });

  test('an empty text has no tokens, and what there is not is refused', async () => {
    const [sae = ''] = random.source.saes;
    const about = { source: random.source, text: '', sae, feature: featureIndex(3) };
    const { batches, totals } = await map(about);
    expect(batches).toEqual([]);
    expect(totals).toMatchObject({ tokens: 0, meanChange: NaN, changedTokens: 0 });
    await expect(map({ ...about, feature: featureIndex(96) })).rejects.toMatchObject({
      code: 'unknownFeature',
    });
    await expect(map({ ...about, sae: '/elsewhere' })).rejects.toThrow(/is not active/);
  });

  test('can be cancelled between two windows', async () => {
    const text = textOf(Array.from({ length: 100 }, (_, t) => 2 + ((t * 7) % 50)));
    const [sae = ''] = random.source.saes;
    const signal = { aborted: false };
    const batches: AblationMapBatch[] = [];
    const mapped = engine.ablationMap(
      { source: random.source, text, sae, feature: featureIndex(3) },
      {
        signal,
        progress: (batch) => {
          batches.push(batch);
          signal.aborted = true;
        },
      },
    );
    await expect(mapped).rejects.toMatchObject({ code: 'cancelled' });
    expect(batches).toHaveLength(1);
  });
});

test('without BOS nothing is said of the first token', async () => {
  const [options] = randomSources;
  if (options === undefined) throw new Error('no source');
  const home = path.join(folder, 'without');
  const { source } = await RandomSource.write(home, options);
  for (const sae of source.saes) {
    const file = path.join(sae, 'cfg.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"prepend_bos": true', '"prepend_bos": false')); // prettier-ignore
  }
  const [sae = ''] = source.saes;
  for (const text of ['w5', 'w5 w6 w7']) {
    const { batches, totals } = await map({ source, text, sae, feature: featureIndex(3) });
    const tokens = text.split(' ').length;
    const [batch] = batches;
    expect([batch?.baseline[0], batch?.ablated[0]]).toEqual([NaN, NaN]);
    expect([batch?.count, totals.tokens]).toEqual([tokens, tokens - 1]);
    for (const loss of batch?.baseline.subarray(1) ?? []) expect(loss).toBeGreaterThan(0);
  }
});
