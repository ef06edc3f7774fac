// What SAEs read on the BOS in front of a text: float64 arithmetic says the same, and every window, bit for bit.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  analysisNames,
  openAnalysisProgram,
} from '../../../src/engine/analysis/analysisProgram.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { writeSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { Source } from '../../../src/shared/engineProtocol.ts';
import { bosId, saeSite, writeBundle } from '../../fixtures/bundle.ts';
import { referenceForward } from '../../fixtures/decoders/reference.ts';
import { home } from '../onnx/minimind2.ts';
import { describeSae, randomTensors, writeRandomSae } from '../sae/randomSae.ts';
import { encodeReference } from '../steering/reference.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-bos-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const architecture = { architecture: 'jumprelu' } as const;
const topK = 6;

/** What the analysis program gives at position 0 of BOS and some tokens, [K] each, strongest first. */
async function atPosition0(
  { model: place, saes }: Source,
  tokens: readonly number[],
): Promise<{ features: number[]; activations: number[] }> {
  const model = await openModel(place);
  const sae = await loadSae(saes[0] ?? '');
  const options = { limit: 32, loss: false, predictions: 0 };
  const program = await openAnalysisProgram(model, [sae], options);
  const ids = Uint32Array.from([model.tokenizer.bosId ?? 0, ...tokens]);
  const { outputs } = await program.run({ ids, batch: 1 });
  program.dispose();
  const firstK = (name: string): number[] =>
    Array.from(outputs[name]?.data.slice(0, topK) ?? [], Number);
  return {
    features: firstK(analysisNames.indices(0)),
    activations: firstK(analysisNames.values(0)),
  };
}

async function reading(source: Source): Promise<{ features: number[]; activations: number[] }> {
  const found = await engine.bosReading({ source, topK });
  const [own, ...others] = found?.readings ?? [];
  expect(others).toEqual([]);
  expect(own).toMatchObject({ sae: source.saes[0], topK });
  return { features: [...(own?.features ?? [])], activations: [...(own?.activations ?? [])] };
}

describe.each(['gpt2', 'llama'] as const)('a random %s', (kind) => {
  const bundle = writeBundle(path.join(folder, kind), {
    decoder: { kind, seed: 91 },
    sae: architecture,
    seed: 92,
  });

  test('reads what float64 arithmetic says', async () => {
    const { source, decoder, tensors } = await bundle;
    const { sites } = referenceForward(decoder, [bosId]);
    const f = encodeReference(tensors, architecture, sites.get(saeSite)?.[0] ?? []);
    const { features, activations } = await reading(source);
    expect(activations[0]).toBeGreaterThan(0);
    expect(activations).toEqual([...activations].sort((a, b) => b - a));
    for (const [k, feature] of features.entries())
      expect(activations[k]).toBeCloseTo(f[feature] ?? NaN, 4);
    expect(activations[0]).toBeCloseTo(Math.max(...f), 4);
    expect(await engine.bosReading({ source, topK })).toMatchObject({ id: bosId, text: '<s>' });
  });

  test.each([1, 5, 40])('reads what a window of %i tokens reads, bit for bit', async (count) => {
    const { source } = await bundle;
    const tokens = Array.from({ length: count }, (_, t) => 2 + ((t * 7) % 50));
    expect(await reading(source)).toEqual(await atPosition0(source, tokens));
  });

  test('is nothing where the SAE was trained on texts without BOS', async () => {
    const { source } = await bundle;
    const random = {
      D: 32,
      F: 96,
      activation: architecture,
      applyBDecToInput: true,
      seed: 3,
      site: saeSite,
    };
    const place = path.join(folder, `${kind} without BOS`);
    await writeSaelens(place, randomTensors(random), { ...describeSae(random), prependBos: false });
    expect(await engine.bosReading({ source: { ...source, saes: [place] }, topK })).toBeNull();
  });
});

test('the embedded model reads what its windows read', async () => {
  const source = {
    model: path.resolve(defaultModelFolder),
    saes: [path.resolve(defaultSaeFolder)],
  };
  const tokens = Array.from({ length: 200 }, (_, t) => 300 + 7 * t);
  expect(await reading(source)).toEqual(await atPosition0(source, tokens));
});

test('a dynamically quantized model reads it alone, as its windows do', async () => {
  const sae = path.join(folder, 'minimind');
  await writeRandomSae(sae, {
    ...{ D: 512, F: 96, activation: { architecture: 'topk', k: 8 }, applyBDecToInput: true },
    ...{ seed: 4, site: 'blocks.3.hook_resid_post' },
  });
  const source = { model: home, saes: [sae] };
  expect(await reading(source)).toEqual(await atPosition0(source, []));
});
