// How likely a given continuation is under edits, against float64 arithmetic, and how its tokens are found.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { promptIds } from '../../../src/engine/steering/prompt.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type {
  ContinuationEffect,
  ContinuationEffectParams,
  SteerEdit,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { home as miniMind } from '../onnx/minimind2.ts';
import { expectNear } from './distributions.ts';
import { RandomSource, randomSources, textOf } from './randomSource.ts';

/** float32 against float64 over 3 layers, logits of size 1 to 10, changes of the stream of several times its norm. */
const tolerance = 3e-4;
const quiet = { signal: { aborted: false }, progress: (): void => undefined };
const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-continuation-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const words = (minLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 2, max: 55 }), { minLength, maxLength: 9 });
const amount = fc.integer({ min: -30, max: 40 }).map((tenths) => tenths / 10);
const direction = Float32Array.from({ length: 32 }, (_, d) => Math.sin(d * d));
const edits = (saes: readonly string[]): fc.Arbitrary<SteerEdit[]> =>
  fc.array(
    fc
      .record({
        sae: fc.constantFrom(...saes),
        feature: fc.constantFrom(3, 41, 77).map(featureIndex),
        what: fc.oneof(
          fc.constant({ operation: 'ablate' as const }),
          fc.record({ operation: fc.constantFrom('scale', 'clamp', 'add'), amount }),
          fc.record({ operation: fc.constantFrom('project', 'cap'), amount, direction: fc.constant(direction) }), // prettier-ignore
        ),
        scope: fc.constantFrom('all', 'prompt', 'generated'),
      })
      .map(({ sae, feature, what, scope }) => {
        const target =
          'direction' in what ? { site: 'blocks.1.hook_resid_post' } : { sae, feature };
        return { ...target, ...what, positions: { scope } } as SteerEdit;
      }),
    { maxLength: 3 },
  );

describe.each(randomSources)('$name', (options) => {
  let random: RandomSource;
  beforeAll(async () => {
    random = await RandomSource.write(path.join(folder, options.kind), options);
  });

  const judge = (params: Omit<ContinuationEffectParams, 'source'>): Promise<ContinuationEffect> =>
    engine.continuationEffect({ source: random.source, ...params }, quiet);

  test('every loss is what float64 arithmetic says', async () => {
    const cases = fc.tuple(words(0), words(1), edits(random.source.saes));
    await fc.assert(
      fc.asyncProperty(cases, async ([prompt, continuation, changes]) => {
        const found = await judge({
          prompt: textOf(prompt),
          continuation: ` ${textOf(continuation)}`,
          edits: changes,
        });
        expect(found.promptTokens).toBe(1 + prompt.length);
        expect([...found.ids]).toEqual(continuation);
        const ids = [...prompt, ...continuation];
        for (const [read, under] of [
          [found.baseline, []],
          [found.steered, changes],
        ] as const) {
          const logs = random.logProbabilities(ids, under, prompt.length);
          const losses = continuation.map((id, i) => -(logs[prompt.length + i]?.[id] ?? NaN));
          expect(read.losses).toHaveLength(losses.length);
          for (const [i, loss] of losses.entries()) expectNear(read.losses[i], loss, tolerance);
          const sum = losses.reduce((total, loss) => total + loss, 0);
          expectNear(read.sum, sum, tolerance * losses.length);
          expectNear(Math.log(read.perplexity), sum / losses.length, tolerance);
        }
      }),
      { numRuns: 40, seed: 9 },
    );
  }, 120_000);

  test('no edit, and one on what is not there, change no bit', async () => {
    const [sae = ''] = random.source.saes;
    const edit = { sae, feature: featureIndex(3), operation: 'add', amount: 5 } as const;
    const text = { prompt: 'w4 w5', continuation: ' w6 w7' };
    const after: SteerEdit = { ...edit, positions: { ranges: [{ from: 4 }] } };
    for (const edits of [[], [after]]) {
      const found = await judge({ ...text, edits });
      expect(found.steered).toEqual(found.baseline);
    }
    const found = await judge({ ...text, edits: [edit] });
    expect(found.steered.losses).not.toEqual(found.baseline.losses);
  });

  test('what cannot be read is refused in a sentence', async () => {
    const judged = { prompt: 'w4', continuation: '', edits: [] };
    await expect(judge(judged)).rejects.toThrow(/The continuation is empty/);
    const long = textOf(Array.from({ length: 47 }, () => 4));
    await expect(judge({ ...judged, continuation: ` ${long}` })).rejects.toThrow(
      /have 49 tokens, but the model reads 48 at most/,
    );
    const chat = { ...judged, chat: true, continuation: 'w5' };
    await expect(judge(chat)).rejects.toThrow(/has no chat template/);
    const edits = [{ sae: '/elsewhere', feature: featureIndex(3), operation: 'ablate' }] as const;
    await expect(judge({ ...judged, continuation: ' w5', edits })).rejects.toMatchObject({
      code: 'badEdit',
    });
  });
});

describe('the tokens of prompt and continuation', () => {
  const source = {
    model: path.resolve(defaultModelFolder),
    saes: [path.resolve(defaultSaeFolder)],
  };

  test.each([
    ['Once upon a time', ', there was', ', there was'],
    ['Once', ' upon a time', 'upon a time'],
    ['She was play', 'ing with a ball', 'ing with a ball'],
    ['She was playin', 'g with a ball', 'g with a ball'],
  ])('"%s" stays what generation begins with before "%s"', async (prompt, continuation, shown) => {
    const model = await openModel(source.model);
    const own = await promptIds(model, { prompt }, model.tokenizer.bosId);
    const found = await engine.continuationEffect({ source, prompt, continuation, edits: [] }, quiet); // prettier-ignore
    expect(found.promptTokens).toBe(own.length);
    expect(found.texts.join('').trim()).toBe(shown);
    expect(found.baseline.losses).toHaveLength(found.ids.length);
  });

  test('a feature of rain makes snow likelier and sunshine less so', async () => {
    const [sae = ''] = source.saes;
    const prompt = 'Once upon a time, there was a little girl who loved to play outside in the';
    const edits = [{ sae, feature: featureIndex(1351), operation: 'clamp', amount: 1.3 }] as const;
    const change = async (continuation: string): Promise<number> => {
      const found = await engine.continuationEffect({ source, prompt, continuation, edits }, quiet);
      return found.steered.sum - found.baseline.sum;
    };
    expect(await change(' snow')).toBeLessThan(-0.5);
    expect(await change(' sunshine')).toBeGreaterThan(0.5);
  });
});

test('a dynamically quantized chat model judges an answer, whatever the edit of the other row', async () => {
  const sae = 'neurons:blocks.3.mlp.hook_post';
  const judged = {
    source: { model: miniMind, saes: [sae] },
    prompt: 'Name three rivers.',
    chat: true,
    continuation: 'The Nile and the Amazon',
  };
  const found = await Promise.all(
    [5, -40].map((amount) =>
      engine.continuationEffect(
        { ...judged, edits: [{ sae, feature: featureIndex(7), operation: 'add', amount }] },
        quiet,
      ),
    ),
  );
  expect(found[0]?.baseline).toEqual(found[1]?.baseline);
  expect(found[0]?.steered).not.toEqual(found[1]?.steered);
  expect(found[0]?.texts.join('')).toBe('The Nile and the Amazon');
});
