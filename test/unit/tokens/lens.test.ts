// What is said about a single token against float64 arithmetic that shares no code with the graphs: losses, ranks,
// predictions and the logit lens of every layer, through the engine's public calls.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type {
  Expectation,
  TokenBatch,
  TokenDetails,
  TokenPredictions,
} from '../../../src/shared/engineProtocol.ts';
import { charOffset, tokenId, tokenIndex } from '../../../src/shared/units.ts';
import { bosId, word, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import type { DecoderOptions } from '../../fixtures/decoders.ts';
import { referenceForward, unembedReference } from '../../fixtures/decoders/reference.ts';
import { expectActual, expectLikeliest, expectRank, rowOf } from './expectations.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-tokens-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const idle = { signal: { aborted: false }, progress: (): void => undefined };
const ids = [5, 9, 30, 7, 7, 44, 12, 3, 20, 21];
const text = ids.map(word).join(' ');

// float32 against float64: logits here are off by at most 5e-5 (test/unit/onnx/overlay.test.ts), and a probability
// p ≤ 1 changes by at most p times the error of its logit plus that of the normaliser. Half precision keeps 11 bits:
// 2⁻¹¹ ≈ 5e-4 per rounding, some dozen of them on logits up to about 4.
const decoders: Readonly<Record<string, readonly [DecoderOptions, number]>> = {
  'GPT-2': [{ kind: 'gpt2', seed: 31 }, 1e-4],
  'GPT-2, fused skip norms': [{ kind: 'gpt2', seed: 32, norm: 'fused' }, 1e-4],
  'GPT-2, fused skip norms with bias': [{ kind: 'gpt2', seed: 33, norm: 'fusedBias' }, 1e-4],
  'parallel blocks': [{ kind: 'gpt2', seed: 34, blocks: 'parallelDangling' }, 1e-4],
  Llama: [{ kind: 'llama', seed: 35 }, 1e-4],
  'Llama, fused skip norms': [{ kind: 'llama', seed: 36, norm: 'fused' }, 1e-4],
  'Llama, casts': [{ kind: 'llama', seed: 37, hasCasts: true }, 1e-4],
};

/** What was asked for, or a failure. */
function predictionsIn({ predictions, losses }: TokenBatch): {
  readonly predictions: TokenPredictions;
  readonly losses: Float32Array;
} {
  if (predictions === undefined || losses === undefined) throw new Error('no predictions');
  return { predictions, losses };
}

describe.each(Object.entries(decoders))('%s', (name, [decoder, tolerance]) => {
  const bundle = writeBundle(path.join(folder, name.replaceAll(/\W/g, '')), {
    decoder,
    sae: { architecture: 'jumprelu' },
    seed: 40,
  });

  const details = async (token: number, document: string): Promise<TokenDetails> =>
    engine.tokenDetails(
      { source: (await bundle).source, document, text, at: { token: tokenIndex(token) } },
      idle,
    );

  /** One expectation against what the reference's position `at` of BOS + ids says. */
  function expectExpectation(
    found: Expectation | undefined,
    { decoder }: WrittenBundle,
    at: number,
  ): void {
    const sequence = [bosId, ...ids];
    const { logits, sites } = referenceForward(decoder, sequence);
    const row = rowOf(logits[at] ?? []);
    const actual = sequence[at + 1];
    if (found?.lens === undefined) throw new Error('nothing is expected');
    expect(found.top.ids).toHaveLength(10);
    expectLikeliest(found.top, row, tolerance);
    expectActual(found.actual, actual, row, tolerance);
    expect(found.lens.layers).toHaveLength(decoder.shape.layers);
    for (const [layer, likely] of found.lens.layers.entries()) {
      const stream = sites.get(`blocks.${layer}.hook_resid_post`) ?? [];
      const lens = rowOf(unembedReference(decoder, stream)[at] ?? []);
      expect(likely.ids).toHaveLength(5);
      expectLikeliest(likely, lens, tolerance);
      const rank = found.lens.ranks[layer];
      if (actual === undefined) expect(rank).toBe(0);
      else expectRank(rank, actual, lens, tolerance);
    }
    // The last layer is the model: the very numbers of the list above.
    expect(found.lens.layers.at(-1)?.probabilities).toEqual(found.top.probabilities.slice(0, 5));
    expect(found.lens.ranks.at(-1)).toBe(found.actual?.rank ?? 0);
  }

  test('a token is what float64 arithmetic says: loss, rank, predictions, every layer', async () => {
    for (const token of [0, 4, 9]) {
      const found = await details(token, `fresh ${token}`);
      expect(found).toMatchObject({ token, id: ids[token], piece: word(ids[token] ?? 0) });
      expectExpectation(found.here, await bundle, token);
      expectExpectation(found.next, await bundle, token + 1);
      expect(found.whyNoLens).toBeUndefined();
    }
  });

  test('from caches of an analysis and of other tokens it is the same', async () => {
    const { source } = await bundle;
    const analyse = { source, document: 'cached', text, topK: 4, loss: true };
    await engine.analyse(analyse, { ...idle, progress: () => undefined });
    for (const token of [9, 2, 6, 0]) {
      const found = await details(token, 'cached');
      expectExpectation(found.here, await bundle, token);
      expectExpectation(found.next, await bundle, token + 1);
    }
  });

  test('predictions of an analysis are those of the tokens one by one', async () => {
    const { source } = await bundle;
    const batches: TokenBatch[] = [];
    await engine.analyse(
      { source, document: 'predicted', text, topK: 4, predictions: 3 },
      { ...idle, progress: (batch) => batches.push(batch) },
    );
    expect(batches).toHaveLength(1);
    const [found] = batches.map(predictionsIn);
    if (found === undefined) throw new Error('no batch');
    expect(found.predictions.topN).toBe(3);
    const { logits } = referenceForward((await bundle).decoder, [bosId, ...ids]);
    for (const [token, id] of ids.entries()) {
      const row = rowOf(logits[token] ?? []);
      const rows = [token * 3, (token + 1) * 3] as const;
      const predicted = found.predictions.predicted.slice(...rows);
      const probabilities = found.predictions.probabilities.slice(...rows);
      const texts = await engine.tokenTexts({ source, ids: predicted });
      expect(predicted).toHaveLength(3);
      expectLikeliest({ ids: predicted, probabilities, texts }, row, tolerance);
      const [loss = NaN, rank = 0] = [found.losses[token], found.predictions.ranks[token]];
      expectActual({ id: tokenId(id), loss, rank }, id, row, tolerance);
    }
  });
});

describe('places in a text', () => {
  const bundle = writeBundle(path.join(folder, 'places'), {
    decoder: { kind: 'gpt2', seed: 50 },
    sae: { architecture: 'jumprelu' },
    seed: 51,
  });
  const at = async (place: number, of = text): Promise<TokenDetails> =>
    engine.tokenDetails(
      {
        source: (await bundle).source,
        document: 'places',
        text: of,
        at: { offset: charOffset(place) },
      },
      idle,
    );

  test('an offset means the token whose range holds it', async () => {
    expect(await at(0)).toMatchObject({ token: 0, id: 5 });
    expect(await at(text.indexOf('w30') + 1)).toMatchObject({ token: 2, id: 30 });
    expect(await at(text.length - 1)).toMatchObject({ token: 9, id: 21 });
  });

  test('a place outside the text is refused in a sentence', async () => {
    await expect(at(text.length)).rejects.toMatchObject({ code: 'badArgument' });
    await expect(at(0, '')).rejects.toThrow('The text has no tokens, so there is none at offset 0');
  });
});
