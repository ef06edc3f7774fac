// What the files of an SAE leave to the model it is used with: centring, which TransformerLens does only where LayerNorm
// reads the stream, and BOS, where the tokenizer decided. The same in analysis, steering and the check.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { fittedSae } from '../../../src/engine/sae/fits.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import type { TokenBatch } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { saeSite, word, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { writeVariant } from './everySae.ts';

const at = useTemporaryFolder();
const engine = Engine.create();
const signal = { aborted: false };

afterAll(() => engine.dispose());

/** Word by word through the vocabulary. */
const text = Array.from({ length: 100 }, (_, i) => word(2 + ((i * i * 7) % 50))).join(' ');

async function writePair(kind: 'gpt2' | 'llama', isCentred: boolean): Promise<WrittenBundle> {
  const folder = at(`${kind}-${String(isCentred)}`);
  const written = await writeBundle(folder, {
    decoder: { kind, seed: 1 },
    sae: { architecture: 'standard' },
    seed: 2,
  });
  const file = path.join(written.sae, 'cfg.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { metadata: object };
  const kwargs = { model_from_pretrained_kwargs: { center_writing_weights: isCentred } };
  const metadata = { ...config.metadata, ...kwargs };
  writeFileSync(file, JSON.stringify({ ...config, metadata }));
  return written;
}

/** What analysis, steering and the check make of a pair. */
async function resultsOf({ source, sae }: WrittenBundle) {
  const batches: TokenBatch[] = [];
  await engine.analyse(
    { source, document: 'text', text, topK: 8 },
    { signal, progress: (batch) => batches.push(batch) },
  );
  const steered = await engine.steer(
    {
      source,
      prompt: text.slice(0, 40),
      edits: [{ sae, feature: featureIndex(7), operation: 'clamp', amount: 4 }],
      maxTokens: 2,
      temperature: 0,
      seed: 0,
    },
    { signal, progress: () => undefined },
  );
  const check = await engine.checkSae({ source, sae, text }, { signal, progress: () => undefined });
  const { fvu } = check.trials[0]?.figures ?? {};
  return {
    numbers: {
      activations: batches.map(({ readings }) =>
        readings.map(({ activations }) => [...activations]),
      ),
      divergence: steered.samples.flatMap(({ steps }) => steps.map(({ kl }) => kl)),
      fvu,
    },
    remarks: check.remarks,
  };
}

describe('centring that the files ask for', () => {
  test('is left out everywhere where the model has RMSNorm, and the check says so', async () => {
    const asked = await resultsOf(await writePair('llama', true));
    const notAsked = await resultsOf(await writePair('llama', false));
    expect(asked.numbers).toEqual(notAsked.numbers);
    expect(asked.remarks).toEqual([
      'Its config asks for centred rows (center_writing_weights), but this model has RMSNorm, which TransformerLens never centres; nothing is subtracted.',
    ]);
    expect(notAsked.remarks).toEqual([]);
  });

  test('is done everywhere where the model has LayerNorm', async () => {
    const asked = await resultsOf(await writePair('gpt2', true));
    const notAsked = await resultsOf(await writePair('gpt2', false));
    for (const part of ['activations', 'divergence', 'fvu'] as const) {
      expect(asked.numbers[part]).not.toEqual(notAsked.numbers[part]);
    }
    expect(asked.remarks).toEqual([]);
  });

  test('is done where the graph does not tell which norm it is', async () => {
    const written = await writePair('llama', true);
    const model = await openModel(written.source.model);
    const sae = await loadSae(written.sae);
    const { norm, ...sites } = model.sites;
    expect(norm).toBe('rmsNorm');
    expect(fittedSae(sae, { ...model, sites })).toMatchObject({ centre: true });
    expect(fittedSae(sae, model)).toMatchObject({ centre: false, ignoresCentring: true });
  });
});

test('BOS is in front as the tokenizer has it, where the files do not say', async () => {
  const { source } = await writePair('llama', false);
  const model = await openModel(source.model);
  const shape = { D: 32, DOut: 32, F: 8, site: saeSite, outputSite: saeSite };
  const { sae } = await writeVariant(at(), { name: 'toy', kind: 'relu' }, shape, 3);
  const bosOf = (startsWithBos: boolean, said: object): boolean =>
    fittedSae({ ...sae, ...said }, { ...model, tokenizer: { startsWithBos } }).prependBos;
  for (const startsWithBos of [true, false]) {
    expect(bosOf(startsWithBos, { bosByTokenizer: true })).toBe(startsWithBos);
    expect(bosOf(startsWithBos, { prependBos: true })).toBe(true);
    expect(bosOf(startsWithBos, { prependBos: false })).toBe(false);
  }
});

test.each(['sparsify/topk/layers.1', 'dictionary_learning/topk/resid_post_layer_1/trainer_0'])(
  '%s leaves BOS to the tokenizer, and says so',
  async (name) => {
    const folder = path.join(import.meta.dirname, '..', '..', 'golden', 'saes', name);
    expect(await loadSae(folder)).toMatchObject({ bosByTokenizer: true });
    expect(await engine.saeInfo(folder, { model: at() })).toMatchObject({
      prependsBos: 'tokenizer',
    });
  },
);
