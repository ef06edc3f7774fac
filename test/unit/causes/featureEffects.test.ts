// Features ablated one by one, against float64 arithmetic that shares no code with the graphs: any text, stretch, place of
// reading, target and order, on random models with two SAEs.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type {
  FeatureEffects,
  FeatureEffectsParams,
  FeatureRef,
  SteerEdit,
} from '../../../src/shared/engineProtocol.ts';
import { charOffset, tokenId, tokenIndex } from '../../../src/shared/units.ts';
import { word } from '../../fixtures/bundle.ts';
import { expectChange, expectNear } from './distributions.ts';
import { RandomSource, randomSources, textOf } from './randomSource.ts';

/** float32 against float64 over 3 layers, logits of size 1 to 10. */
const tolerance = 2e-4;
const quiet = { signal: { aborted: false }, progress: (): void => undefined };
const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-effects-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

interface Active {
  readonly sae: string;
  readonly feature: number;
  readonly activation: number;
  readonly total: number;
  readonly share: number;
}

function expectActivity(found: Active, expected: Active | undefined): void {
  if (expected === undefined) throw new Error(`feature ${found.feature} is not active`);
  expectNear(found.activation, expected.activation, tolerance);
  expectNear(found.total, expected.total, 10 * tolerance);
  expectNear(found.share, expected.share, tolerance);
}

const questions = fc
  .record({
    ids: fc.array(fc.integer({ min: 2, max: 55 }), { minLength: 1, maxLength: 14 }),
    places: fc.tuple(fc.nat(13), fc.nat(13), fc.nat(13)),
    target: fc.option(fc.integer({ min: 2, max: 55 }), { nil: undefined }),
    top: fc.integer({ min: 1, max: 40 }),
    ofEachSae: fc.boolean(),
    order: fc.constantFrom('kl', 'target'),
    listed: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ ids, places, ...options }) => {
    const [first = 0, last = 0, readAt = 0] = places
      .map((place) => place % ids.length)
      .sort((a, b) => a - b);
    return { ids, first, last, readAt, ...options };
  });

describe.each(randomSources)('$name', (options) => {
  let random: RandomSource;
  beforeAll(async () => {
    random = await RandomSource.write(path.join(folder, options.kind), options);
  });

  const ask = (
    ids: readonly number[],
    params: Partial<FeatureEffectsParams> = {},
  ): Promise<FeatureEffects> =>
    engine.featureEffects({ source: random.source, text: textOf(ids), ...params }, quiet);

  /** All features that are active on tokens [first, last], by SAE. */
  function activeOn(ids: readonly number[], first: number, last: number): Active[][] {
    return random.source.saes.map((sae, n) => {
      const rows = random.activations(ids, n).slice(first, last + 1);
      const all = rows.flat().reduce((sum, value) => sum + value, 0);
      const columns = Array.from({ length: 96 }, (_, f) => rows.map((row) => row[f] ?? NaN));
      return columns.flatMap((column, feature) => {
        const activation = Math.max(...column);
        const total = column.reduce((sum, value) => sum + value, 0);
        return activation > 0 ? [{ sae, feature, activation, total, share: total / all }] : [];
      });
    });
  }

  const strongest = (features: readonly Active[], top: number): Active[] =>
    features.toSorted((a, b) => b.activation - a.activation).slice(0, top);

  test('every figure is what float64 arithmetic says', async () => {
    await fc.assert(
      fc.asyncProperty(questions, async (question) => {
        const { ids, first, last, readAt, target, top, ofEachSae, order, listed } = question;
        const found = await ask(ids, {
          ...{ top, ofEachSae, order, listed },
          tokens: { first: { token: tokenIndex(first) }, last: { token: tokenIndex(last) } },
          readAt: { token: tokenIndex(readAt) },
          ...(target === undefined ? {} : { target: { id: tokenId(target) } }),
        });
        expect(found).toMatchObject({ from: first, to: last + 1, readAt });
        const behind = 1 + readAt;
        const plain = random.logProbabilities(ids, [])[behind] ?? [];
        expect(found.target.id).toBe(target ?? plain.indexOf(Math.max(...plain)));
        expectNear(found.target.probability, Math.exp(plain[found.target.id] ?? NaN), tolerance);
        expect(found.baseline.ids).toHaveLength(listed);
        expectNear(found.baseline.probabilities[0], Math.exp(Math.max(...plain)), tolerance);

        const active = activeOn(ids, first, last);
        const expected = ofEachSae
          ? active.flatMap((own) => strongest(own, top))
          : strongest(active.flat(), top);
        expect(found.effects).toHaveLength(expected.length);
        const known = new Map(active.flat().map((each) => [`${each.sae} ${each.feature}`, each]));
        const places = { ranges: [{ from: 1 + first, to: 2 + last }] };
        const ablation = ({ sae, feature }: FeatureRef): SteerEdit => ({
          ...{ sae, feature, operation: 'ablate' },
          positions: places,
        });
        const about = { target: found.target.id, listed, tolerance };
        for (const effect of found.effects) {
          expectActivity(effect, known.get(`${effect.sae} ${effect.feature}`));
          const ablated = random.logProbabilities(ids, [ablation(effect)])[behind] ?? [];
          expectChange(effect, plain, ablated, about);
        }
        const weakest = Math.min(...expected.map(({ activation }) => activation));
        for (const { activation } of ofEachSae ? [] : found.effects)
          expect(activation).toBeGreaterThan(weakest - tolerance);
        const together = random.logProbabilities(ids, found.effects.map(ablation))[behind] ?? [];
        expectChange(found.together, plain, together, about);

        const sizes = found.effects.map(({ kl, targetChange }) =>
          order === 'kl' ? kl : Math.abs(targetChange),
        );
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      }),
      { numRuns: 25, seed: 3 },
    );
  }, 120_000);

  const usual = [5, 9, 30, 7, 44, 12, 3, 20];

  test('without more words it is about the last token and what is likeliest behind it', async () => {
    const last = { token: tokenIndex(7) };
    const found = await ask(usual);
    expect(found).toMatchObject({ from: 7, to: 8, readAt: 7 });
    expect(found.effects).toHaveLength(20);
    expect(found.target.id).toBe(found.baseline.ids[0]);
    expect(await ask(usual, { tokens: { first: last, last } })).toEqual(found);
    const offset = charOffset(textOf(usual).length - 1);
    expect(await ask(usual, { readAt: { offset } })).toEqual(found);
    expect(await ask(usual, { target: { text: ` ${word(31)}` } })).toMatchObject({
      target: { id: 31 },
    });
  });

  test('a place in a long text is read in its window', async () => {
    // Longer than the model's 48 tokens.
    const ids = Array.from({ length: 90 }, (_, t) => 2 + ((t * 7 + t * t) % 50));
    const found = await ask(ids, { top: 3 });
    expect(found).toMatchObject({ from: 89, readAt: 89 });
    expect(found.effects[0]?.kl).toBeGreaterThan(0);
    const stretch = { first: { token: tokenIndex(2) }, last: { token: tokenIndex(89) } };
    await expect(ask(ids, { tokens: stretch })).rejects.toThrow(
      /sees the text from token \d+ on, so token 2 has no effect there/,
    );
  });

  test('what is no question is refused in a sentence', async () => {
    const at = (token: number): { token: ReturnType<typeof tokenIndex> } => ({
      token: tokenIndex(token),
    });
    const refusals: readonly (readonly [Partial<FeatureEffectsParams>, RegExp])[] = [
      [{ tokens: { first: at(5), last: at(3) } }, /The tokens 5 to 3 are no stretch/],
      [{ tokens: { first: at(5), last: at(6) }, readAt: at(4) }, /Token 4 precedes token 5/],
      [{ readAt: at(8) }, /has no token with index 8/],
      [{ target: { id: tokenId(60) } }, /has no token 60; its tokens are 0 to 59/],
      [{ target: { text: ' w4 w5' } }, /" w4 w5" is 2 tokens behind this text/],
      [{ target: { text: ' ' } }, /is empty behind this text/],
      [{ text: '' }, /The text has no tokens/],
    ];
    for (const [params, message] of refusals)
      await expect(ask(usual, params)).rejects.toThrow(message);
  });

  test('can be cancelled between two runs of the model', async () => {
    const signal = { aborted: false };
    let turns = 0;
    const turn = (): Promise<void> => {
      turns += 1;
      signal.aborted = turns > 2;
      return Promise.resolve();
    };
    const asked = engine.featureEffects(
      { source: random.source, text: textOf(usual), top: 96 },
      { signal, progress: () => undefined, turn },
    );
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(turns).toBe(3);
  });
});
