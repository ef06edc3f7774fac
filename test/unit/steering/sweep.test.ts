// A sweep of strengths: each text is that of a run by itself, and what is measured on it is what float64 arithmetic says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type {
  Continuation,
  SteerEdit,
  SweepParams,
  SweepProgress,
  SweepResult,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { bosId, saeSite, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { editedReference, type ReferenceSae } from './editReference.ts';

const activation = { architecture: 'jumprelu' } as const;
const promptIds = Array.from({ length: 9 }, (_, t) => 2 + ((t * 7 + t * t) % 45));
const prompt = promptIds.map((id) => `w${id}`).join(' ');
const amounts = [-6, 0, 2.5, 9];
/** float32 against float64 over 3 layers. */
const tolerance = 1e-4;

describe.each(['llama', 'gpt2'] as const)('%s', (kind) => {
  let folder: string;
  let bundle: WrittenBundle;
  let engine: Engine;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-sweep-'));
    bundle = await writeBundle(folder, { decoder: { kind, seed: 13 }, sae: activation, seed: 14 });
    engine = Engine.create();
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true });
  });

  const quiet = { signal: { aborted: false }, progress: (): void => undefined };
  const edit = (amount: number, scope: 'all' | 'generated' = 'all'): SteerEdit => ({
    sae: bundle.sae,
    feature: featureIndex(41),
    operation: 'add',
    amount,
    positions: { scope },
  });
  const params = (wanted: Partial<SweepParams> = {}): SweepParams => ({
    source: bundle.source,
    prompt,
    edits: [edit(1)],
    amounts,
    maxTokens: 10,
    temperature: 1,
    seed: 3,
    ...wanted,
  });
  const sweep = (wanted: Partial<SweepParams> = {}): Promise<SweepResult> =>
    engine.sweep(params(wanted), quiet);

  test.each<Partial<SweepParams> & { readonly scope?: 'all' | 'generated' }>([
    { temperature: 0 },
    { temperature: 1, topK: 20, repetitionPenalty: 1.2, stop: ['w9'] },
    { temperature: 1, scope: 'generated' },
  ])('texts are those of runs by themselves: %j', async ({ scope = 'all', ...how }) => {
    const { baseline, points } = await sweep({ ...how, edits: [edit(1, scope)] });
    expect(points.map(({ amount }) => amount)).toEqual(amounts);
    for (const { amount, continuation } of points) {
      const edits = [edit(amount, scope)];
      const { samples } = await engine.steer({ ...params(how), edits }, quiet);
      expect(continuation).toEqual(samples[0]?.steered);
      expect(baseline.continuation).toEqual(samples[0]?.baseline);
    }
  });

  test('strength zero is the baseline', async () => {
    const { baseline, points } = await sweep();
    expect(points[1]).toEqual({ amount: 0, ...baseline });
    expect(baseline).toMatchObject({ kl: 0, klBehindPrompt: 0 });
  });

  test('a strength that is named twice has the same point twice, beside others', async () => {
    const { points } = await sweep({ amounts: [9, -6, 9] });
    expect(points[2]).toEqual(points[0]);
    const alone = (await sweep({ amounts: [9] })).points[0];
    expect(points[0]?.perplexity).toBeCloseTo(alone?.perplexity ?? NaN, 3);
  });

  /** ln p [T, V] of prompt and text. */
  const expectations = (edits: readonly SteerEdit[], tokens: readonly number[]): number[][] => {
    const saes: ReferenceSae[] = [
      { place: bundle.sae, site: saeSite, activation, tensors: bundle.tensors },
    ];
    const text = {
      decoder: bundle.decoder,
      ids: [bosId, ...promptIds, ...tokens],
      promptLength: 1 + promptIds.length,
      specialIds: new Set<number>(),
    };
    return editedReference(edits, saes, text).map((row) => {
      const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      return row.map((logit) => logit - total);
    });
  };
  const behindPrompt = (rows: number[][]): number[][] => rows.slice(promptIds.length, -1);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  test.each(['all', 'generated'] as const)(
    'divergence and perplexity, edits on %s',
    async (scope) => {
      const { baseline, points } = await sweep({ edits: [edit(1, scope)] });
      const plain = behindPrompt(expectations([], baseline.continuation.tokens));
      for (const { amount, continuation, kl, klBehindPrompt, perplexity } of points) {
        const edited = behindPrompt(
          expectations([edit(amount, scope)], baseline.continuation.tokens),
        );
        const divergences = plain.map((p, t) =>
          p.reduce((sum, ln, v) => sum + Math.exp(ln) * (ln - (edited[t]?.[v] ?? NaN)), 0),
        );
        expect(Math.abs(kl - mean(divergences))).toBeLessThan(tolerance);
        expect(Math.abs(klBehindPrompt - (divergences[0] ?? NaN))).toBeLessThan(tolerance);
        expect(Math.abs(Math.log(perplexity) - mean(lossesOf(continuation)))).toBeLessThan(
          tolerance,
        );
      }
      expect(points[3]?.kl).toBeGreaterThan(0.01);
    },
  );

  function lossesOf({ tokens }: Continuation): number[] {
    const rows = behindPrompt(expectations([], tokens));
    return tokens.map((id, t) => -(rows[t]?.[id] ?? NaN));
  }

  test('of a text that ends at once there is nothing to measure but what is expected behind the prompt', async () => {
    const tried = { temperature: 0, amounts: [-60, -30, 30, 60] };
    const { baseline: plain, points: written } = await sweep(tried);
    const [first] = plain.continuation.tokens;
    const isOther = (id: number | undefined): boolean => id !== undefined && id !== first;
    const parted = written.find(({ continuation }) => isOther(continuation.tokens[0]));
    if (first === undefined || parted === undefined) throw new Error('no text begins otherwise');
    // The token that the baseline begins with ends a text from now on.
    const file = path.join(bundle.source.model, 'tokenizer_config.json');
    const config = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(config), eos_token: `w${first}` }));
    const other = Engine.create();
    const both = params({ temperature: 0, amounts: [0, parted.amount], maxTokens: 3 });
    const { baseline, points } = await other.sweep(both, quiet).finally(() => other.dispose());
    writeFileSync(file, config);
    expect(baseline).toEqual({
      ...{ kl: NaN, klBehindPrompt: 0, perplexity: NaN, repetition: NaN },
      continuation: { text: '', tokens: [], end: 'endOfText' },
    });
    expect(points[0]).toEqual({ amount: 0, ...baseline });
    const { klBehindPrompt, kl, perplexity, repetition } = points[1] ?? baseline;
    expect(klBehindPrompt).toBeCloseTo(parted.klBehindPrompt, 5);
    expect(perplexity).toBeGreaterThan(1);
    expect([kl, repetition]).toEqual([NaN, NaN]);
  });

  test('says how far it is', async () => {
    const told: SweepProgress[] = [];
    await engine.sweep(params(), { ...quiet, progress: (progress) => told.push(progress) });
    expect(told.map(({ done }) => done)).toEqual(
      [...told.map(({ done }) => done)].sort((a, b) => a - b),
    );
    expect(told.at(-1)).toEqual({ done: 12, of: 12 });
  });

  test.each([
    [{ swept: 3 }, /there is none with number 3/],
    [{ edits: [] }, /there is none with number 0/],
    [{ amounts: [NaN] }, /not a finite number/],
  ])('refuses %j', async (wanted, message) => {
    await expect(sweep(wanted)).rejects.toMatchObject({
      code: 'badEdit',
      message: expect.stringMatching(message) as string,
    });
  });
});
