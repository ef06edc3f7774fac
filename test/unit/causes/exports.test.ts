// The three measurements on exports of other kinds: without a KV cache, with one that only one row can be read behind,
// quantized while it runs. And rows of one batch against rows of their own.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CacheBudget } from '../../../src/engine/analysis/cacheBudget.ts';
import { featureEffects } from '../../../src/engine/causes/featureEffects.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { OpenSource } from '../../../src/engine/sources/openSource.ts';
import type {
  AblationMapBatch,
  ContinuationEffect,
  FeatureEffects,
  Source,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex, tokenIndex } from '../../../src/shared/units.ts';
import { wordBundleFiles } from '../../fixtures/bundle.ts';
import { goldenPath } from '../families/goldens.ts';
import { home as miniMind } from '../onnx/minimind2.ts';
import { writeRandomSae } from '../sae/randomSae.ts';
import { RandomSource, randomSources, textOf } from './randomSource.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-exports-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

interface Measured {
  readonly effects: FeatureEffects;
  readonly map: AblationMapBatch;
  readonly continuation: ContinuationEffect;
}

const tokens = { first: { token: tokenIndex(4) }, last: { token: tokenIndex(6) } };

/** Twice in a row: the second time begins from what the first one left in memory. */
async function measured(source: Source, text: string): Promise<Measured[]> {
  const [sae = ''] = source.saes;
  const quiet = { signal: { aborted: false }, progress: (): void => undefined };
  const all: Measured[] = [];
  for (let time = 0; time < 2; time++) {
    const effects = await engine.featureEffects({ source, text, tokens, top: 5 }, quiet);
    const batches: AblationMapBatch[] = [];
    const feature = featureIndex(effects.effects[0]?.feature ?? 0);
    await engine.ablationMap(
      { source, text, sae, feature },
      { ...quiet, progress: (batch) => batches.push(batch) },
    );
    const edit = { sae, feature, operation: 'clamp', amount: 3 } as const;
    const continuation = await engine.continuationEffect(
      {
        ...{ source, prompt: text, continuation: ' w7 w8 w9' },
        edits: [{ ...edit, positions: { scope: 'generated' } }],
      },
      quiet,
    );
    const [map] = batches;
    if (map === undefined) throw new Error('no window');
    all.push({ effects, map, continuation });
  }
  return all;
}

function expectAlike(found: Measured, expected: Measured, tolerance: number): void {
  const near = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
    expect(a).toHaveLength(b.length);
    const off = Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN)));
    expect(Math.max(...off.filter((value) => !Number.isNaN(value)))).toBeLessThan(tolerance);
  };
  const byFeature = ({ effects }: FeatureEffects): FeatureEffects['effects'] =>
    effects.toSorted((a, b) => a.feature - b.feature);
  const [own, others] = [byFeature(found.effects), byFeature(expected.effects)];
  expect(own.map(({ feature }) => feature)).toEqual(others.map(({ feature }) => feature));
  for (const figure of ['activation', 'total', 'share', 'kl', 'targetChange'] as const)
    near(
      own.map((effect) => effect[figure]),
      others.map((effect) => effect[figure]),
    );
  near([found.effects.together.kl], [expected.effects.together.kl]);
  near(found.map.baseline, expected.map.baseline);
  near(found.map.ablated, expected.map.ablated);
  near(found.continuation.baseline.losses, expected.continuation.baseline.losses);
  near(found.continuation.steered.losses, expected.continuation.steered.losses);
}

/** A model folder around exports of one family. */
function writeFamily(family: string, variants: readonly string[]): string {
  const home = path.join(folder, family);
  mkdirSync(home);
  const config = JSON.parse(readFileSync(goldenPath(`${family}/config.json`), 'utf8')) as {
    readonly num_hidden_layers: number;
    readonly hidden_size: number;
    readonly vocab_size: number;
    readonly max_position_embeddings: number;
  };
  const shape = {
    layers: config.num_hidden_layers,
    dModel: config.hidden_size,
    vocabulary: config.vocab_size,
    context: config.max_position_embeddings,
  } as Parameters<typeof wordBundleFiles>[1];
  const files = wordBundleFiles('llama', shape);
  for (const [name, content] of Object.entries(files)) {
    const whole = name === 'config.json' ? { ...config, ...content } : content;
    writeFileSync(path.join(home, name), JSON.stringify(whole));
  }
  for (const name of variants) copyFileSync(goldenPath(`${family}/${name}`), path.join(home, name));
  return home;
}

describe.each([
  ['llama', 'optimum-nocache.onnx', 'optimum.onnx', 1e-4],
  // Half precision is the reference here: what is tested is which rows are read behind which cache.
  ['llama_aligned', 'genai-fp32.onnx', 'fp16.onnx', 3e-2],
] as const)('%s, %s', (family, tested, reference, tolerance) => {
  test(`measures what ${reference} does`, async () => {
    const model = writeFamily(family, [tested, reference]);
    const sae = path.join(folder, `${family} sae`);
    const activation = { architecture: 'jumprelu' } as const;
    const site = 'blocks.0.hook_resid_post';
    await writeRandomSae(sae, { D: 32, F: 64, activation, applyBDecToInput: true, seed: 3, site });
    const text = textOf([5, 9, 30, 7, 44, 12, 3, 20]);
    const [found, again] = await measured({ model, variant: tested, saes: [sae] }, text);
    const [expected] = await measured({ model, variant: reference, saes: [sae] }, text);
    if (found === undefined || again === undefined || expected === undefined)
      throw new Error('not measured');
    expectAlike(found, expected, tolerance);
    expectAlike(again, found, 1e-5);
  });
});

describe('a dynamically quantized model', () => {
  const sae = 'neurons:blocks.3.mlp.hook_post';
  const source = { model: miniMind, saes: [sae] };
  const text = 'The capital of France is Paris, and the capital of Italy is';
  const quiet = { signal: { aborted: false }, progress: (): void => undefined };

  test('an effect does not depend on what else is ablated', async () => {
    const ask = (top: number): Promise<FeatureEffects> =>
      engine.featureEffects({ source, text, top }, quiet);
    const [few, many] = [await ask(2), await ask(6)];
    expect([few.effects.length, many.effects.length]).toEqual([2, 6]);
    expect(many.baseline).toEqual(few.baseline);
    const changes = ({ effects }: FeatureEffects): Map<number, object> =>
      new Map(effects.map((effect) => [effect.feature, effect]));
    for (const [feature, effect] of changes(few))
      expect(changes(many).get(feature)).toEqual(effect);
  });

  test('loses what an analysis says it loses', async () => {
    const feature = featureIndex(7);
    const batches: AblationMapBatch[] = [];
    await engine.ablationMap(
      { source, text, sae, feature },
      { ...quiet, progress: (batch) => batches.push(batch) },
    );
    const losses: number[] = [];
    await engine.analyse(
      { source, document: 'text', text, topK: 4, loss: true },
      { ...quiet, progress: (batch) => losses.push(...(batch.losses ?? [])) },
    );
    for (const [t, loss] of batches[0]?.baseline.entries() ?? [])
      if (!Number.isNaN(loss)) expect(loss).toBeCloseTo(losses[t] ?? NaN, 3);
    expect(batches[0]?.baseline).toHaveLength(losses.length);
  });
});

describe.each(randomSources)('$name', (options) => {
  test('rows of one batch have the bits of rows that run apart', async () => {
    const { source } = await RandomSource.write(path.join(folder, options.kind), options);
    const model = await openModel(source.model);
    const saes = await Promise.all(
      source.saes.map(async (place) => ({ place, sae: await loadSae(place) })),
    );
    const ask = async (oneRowBehindCache: boolean): Promise<FeatureEffects> => {
      const sites = { ...model.sites, oneRowBehindCache };
      const report = { provider: 'cpu', reason: 'test', attempts: [] };
      const placed = { model: { ...model, sites }, report };
      const open = new OpenSource(placed, saes, { budget: new CacheBudget(2 ** 20) });
      const text = textOf([5, 9, 30, 7, 44, 12, 3, 20]);
      try {
        // More rows than one batch has.
        return await featureEffects(open, { source, text, tokens, top: 50 }, () =>
          Promise.resolve(),
        );
      } finally {
        open.dispose();
      }
    };
    const together = await ask(false);
    expect(together.effects).toHaveLength(50);
    expect(await ask(true)).toEqual(together);
  });
});
