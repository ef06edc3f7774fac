// The SAE that comes with the extension, on stories of its feature store's corpus: sampled with a seed of their own,
// never trained on. Guards against a broken file or a changed convention; the figures that count are those on genuine
// stories, in models/README.md.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FeatureStore } from '../../../src/engine/features/store.ts';
import { hashFile } from '../../../src/engine/files/files.ts';
import { SaeMeter } from '../../../src/engine/evaluation/saeMeter.ts';
import { SpliceMeter } from '../../../src/engine/evaluation/spliceLoss.ts';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import type { Sae } from '../../../src/engine/sae/sae.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';

describe('the embedded SAE', () => {
  let model: OpenModel;
  let sae: Sae;
  let stories: Uint32Array[];

  beforeAll(async () => {
    model = await openModel(defaultModelFolder);
    sae = await loadSae(defaultSaeFolder);
    const corpus = readFileSync(path.join(defaultModelFolder, 'corpus', 'stories.txt'), 'utf8');
    const texts = corpus.split('<|endoftext|>\n').slice(0, 40);
    stories = await Promise.all(
      texts.map(async (text) => {
        const { ids } = await model.tokenizer.encode(text);
        return Uint32Array.of(model.tokenizer.bosId ?? 0, ...ids).slice(0, 256);
      }),
    );
  });

  it('reconstructs the residual stream with few features', async () => {
    const meter = await SaeMeter.open(model, sae);
    for (const ids of stories) await meter.add(ids);
    const { tokens, l0, explainedVariance } = meter.report();
    meter.dispose();
    expect(tokens).toBeGreaterThan(5000);
    expect(l0).toBeLessThanOrEqual(32);
    expect(l0).toBeGreaterThan(20);
    expect(explainedVariance).toBeGreaterThanOrEqual(0.9);
  });

  it('keeps the loss of the model it is spliced into', async () => {
    const meter = await SpliceMeter.open(model, sae);
    for (const ids of stories.slice(0, 10)) await meter.add(ids);
    const { ceScore, klScore } = meter.report();
    meter.dispose();
    expect(ceScore).toBeGreaterThanOrEqual(0.98);
    expect(klScore).toBeGreaterThanOrEqual(0.98);
  });

  it('has a feature store made from these very files, and nearly all features fire', async () => {
    const store = await FeatureStore.open(path.join(defaultSaeFolder, 'features.sqlite'));
    const { facts } = store;
    expect(facts.saeSha256).toBe(await hashFile(sae.weightsFile, 'The SAE'));
    expect(facts.modelSha256).toBe(await hashFile(model.onnxFile, 'The model'));
    expect(facts.documents).toBeGreaterThanOrEqual(500);
    const dead = Array.from({ length: sae.F }, (_, feature) => store.brief(feature)).filter(
      (row) => row === undefined || row.count === 0,
    );
    store.close();
    expect(dead.length / sae.F).toBeLessThanOrEqual(0.03);
  });
});
