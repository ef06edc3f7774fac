// What taking a feature out of a token does to the tokens behind it, through the engine's public call: against float64
// arithmetic on random models, and on the embedded model against steering step by step.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lineStarts, planWindows } from '../../../src/engine/analysis/windows.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { compareLogits } from '../../../src/engine/math/kl.ts';
import { logSoftmaxAt } from '../../../src/engine/math/softmax.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { RowsTogether, type TextRows } from '../../../src/engine/steering/rows.ts';
import { openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { Source, TokenBatch } from '../../../src/shared/engineProtocol.ts';
import type { AblationEffect, AblationParams } from '../../../src/shared/readingProtocol.ts';
import { charOffset, featureIndex, tokenIndex } from '../../../src/shared/units.ts';
import { bosId, saeSite, word, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { planOf, readyWith, saePlace } from '../../fixtures/steering.ts';
import { home } from '../onnx/minimind2.ts';
import { writeRandomSae } from '../sae/randomSae.ts';
import { encodeReference } from '../steering/reference.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-ablation-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const idle = { signal: { aborted: false }, progress: (): void => undefined };
const scopes = ['here', 'onwards'] as const;

async function analysed(source: Source, text: string): Promise<TokenBatch> {
  const batches: TokenBatch[] = [];
  const params = { source, document: `analysed ${text}`, text, topK: 8, loss: true };
  await engine.analyse(params, { ...idle, progress: (batch) => batches.push(batch) });
  const [batch] = batches;
  if (batch === undefined || batches.length > 1) throw new Error('not one window');
  return batch;
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  expect(found).toHaveLength(expected.length);
  const off = Array.from(found, (value, i) => Math.abs(value - (expected[i] ?? NaN)));
  expect(Math.max(0, ...off)).toBeLessThan(within);
}

interface Case {
  readonly kind: 'gpt2' | 'llama';
  readonly architecture: SaelensArchitecture;
}
const cases: readonly Case[] = [
  { kind: 'gpt2', architecture: { architecture: 'standard' } },
  { kind: 'llama', architecture: { architecture: 'topk', k: 9 } },
];

/** float32 against float64 over 3 layers, logits of size 1 to 10. */
const tolerance = 5e-5;

describe.each(cases)('a random $kind with $architecture.architecture', ({ kind, architecture }) => {
  const bundle = writeBundle(path.join(folder, kind), {
    decoder: { kind, seed: 61 },
    sae: architecture,
    seed: 62,
  });
  // Longer than the model's 48 tokens.
  const ids = Array.from({ length: 90 }, (_, t) => 2 + ((t * 7 + t * t) % 50));
  const text = ids.map(word).join(' ');

  const ablate = async (change: Partial<AblationParams> = {}): Promise<AblationEffect> => {
    const { source, sae } = await bundle;
    const usual = { at: { token: tokenIndex(20) }, scope: 'here', limit: 100, top: 4 } as const;
    return engine.ablationEffect(
      { source, sae, text, feature: featureIndex(7), ...usual, ...change },
      idle,
    );
  };

  /** Logits of the token's window, BOS first; with the feature taken out where `isAblated` says so. */
  function windowLogits(
    { tensors, decoder }: WrittenBundle,
    window: readonly number[],
    isAblated: (position: number, f: readonly number[]) => number | undefined,
  ): { logits: Rows; activations: Rows } {
    const activations: Rows = [];
    const change = (rows: Rows): Rows =>
      rows.map((x, t) => {
        const f = encodeReference(tensors, architecture, x);
        activations.push(f);
        const feature = isAblated(t, f);
        if (feature === undefined) return x;
        const row = (d: number): number => tensors.W_dec.data[feature * x.length + d] ?? NaN;
        return x.map((value, d) => value - (f[feature] ?? NaN) * row(d));
      });
    const { logits } = referenceForward(decoder, [bosId, ...window], { [saeSite]: change });
    return { logits, activations };
  }

  const lossAt = (logits: Rows, position: number, id: number): number => {
    const row = logits[position] ?? [];
    return Math.log(row.reduce((sum, l) => sum + Math.exp(l), 0)) - (row[id] ?? NaN);
  };

  const klAt = (p: Rows, q: Rows, position: number): number =>
    (p[position] ?? []).reduce((sum, _, id) => {
      const loss = lossAt(p, position, id);
      return sum + Math.exp(-loss) * (lossAt(q, position, id) - loss);
    }, 0);

  test.each([
    [0, 'here'],
    [20, 'here'],
    [20, 'onwards'],
    [60, 'onwards'],
    [89, 'here'],
  ] as const)('token %i, %s, is what float64 arithmetic says', async (token, scope) => {
    const written = await bundle;
    const starts = Uint32Array.from(ids, (_, t) => ids.slice(0, t).map(word).join(' ').length);
    const plan = planWindows(Uint32Array.from(ids), lineStarts(text, starts), 47);
    const window = plan.find(({ from, end }) => from <= token && token < end);
    if (window === undefined) throw new Error('no window');
    const own = ids.slice(window.start, window.end);
    const position = 1 + token - window.start;
    const plain = windowLogits(written, own, () => undefined);
    const f = plain.activations[position] ?? [];
    const feature = f.indexOf(Math.max(...f));
    const without = windowLogits(written, own, (t) =>
      t === position || (scope === 'onwards' && t > position) ? feature : undefined,
    );
    const found = await ablate({
      at: { token: tokenIndex(token) },
      scope,
      feature: featureIndex(feature),
    });
    const behind = ids.slice(token + 1, window.end);
    expect(found.token).toBe(token);
    expect([...found.ids]).toEqual(behind);
    expect(Array.from(found.starts, (at, i) => text.slice(at, found.ends[i]))).toEqual(
      behind.map((id) => ` ${word(id)}`),
    );
    expect(found.activation).toBeCloseTo(f[feature] ?? NaN, 4);
    const losses = (logits: Rows): number[] =>
      behind.map((id, i) => lossAt(logits, position + i, id));
    expectClose(found.baseline, losses(plain.logits), tolerance);
    expectClose(found.ablated, losses(without.logits), tolerance);
    expect(found.next.kl).toBeCloseTo(klAt(plain.logits, without.logits, position), 4);
    expect(found.next.kl).toBeGreaterThan(1e-4);
    for (const [likely, logits] of [
      [found.next.baseline, plain.logits],
      [found.next.ablated, without.logits],
    ] as const) {
      expect(likely.ids).toHaveLength(4);
      const probabilities = Array.from(likely.ids, (id) => Math.exp(-lossAt(logits, position, id)));
      expectClose(likely.probabilities, probabilities, tolerance);
      expect(likely.texts[0]).toContain(word(likely.ids[0] ?? -1));
    }
  });

  test('a feature that is not active there changes no bit', async () => {
    const { activations } = windowLogits(await bundle, ids.slice(0, 47), () => undefined);
    const feature = featureIndex(activations[21]?.indexOf(0) ?? -1);
    const found = await ablate({ feature });
    expect(found.activation).toBe(0);
    expect(found.ablated).toEqual(found.baseline);
    expect(found.next.kl).toBe(0);
    expect(found.next.ablated).toEqual(found.next.baseline);
  });

  test('from caches of an analysis and of other looks it is the same', async () => {
    const { source } = await bundle;
    const fresh = await ablate();
    await engine.analyse({ source, document: 'cached', text, topK: 4, loss: true }, idle);
    const at = { token: tokenIndex(30) };
    await engine.tokenDetails({ source, document: 'cached', text, at }, idle);
    const again = await ablate();
    expectClose(again.baseline, fresh.baseline, 1e-5);
    expectClose(again.ablated, fresh.ablated, 1e-5);
  });

  test('no more tokens than asked for, and none behind the last one', async () => {
    const some = await ablate({ limit: 3 });
    expect([some.ids.length, some.baseline.length, some.ablated.length]).toEqual([3, 3, 3]);
    const none = await ablate({ limit: 0 });
    expect(none.baseline).toHaveLength(0);
    expect(none.next.kl).toBe(some.next.kl);
    const last = await ablate({ at: { offset: charOffset(text.length - 1) } });
    expect(last).toMatchObject({ token: 89, ids: new Uint32Array(0) });
  });

  test('what there is not is refused in a sentence', async () => {
    await expect(ablate({ feature: featureIndex(96) })).rejects.toMatchObject({
      code: 'unknownFeature',
    });
    await expect(ablate({ sae: '/elsewhere' })).rejects.toThrow(/is not active/);
    await expect(ablate({ at: { offset: charOffset(text.length) } })).rejects.toThrow(
      /no token at offset/,
    );
  });
});

/** The losses behind a token when a model is steered token by token, and the distribution right behind it. */
async function steered(
  row: TextRows,
  sequence: Uint32Array,
): Promise<{ losses: number[]; logits: Float32Array[] }> {
  const losses: number[] = [];
  const logits: Float32Array[] = [];
  for (const [t, id] of sequence.entries()) {
    const [behind] = await row.feed([Uint32Array.of(id)]);
    const own = behind?.slice() ?? new Float32Array(0);
    logits.push(own);
    losses.push(-logSoftmaxAt(own, sequence[t + 1] ?? 0));
  }
  return { losses, logits };
}

describe('the embedded model', () => {
  const source = {
    model: path.resolve(defaultModelFolder),
    saes: [path.resolve(defaultSaeFolder)],
  };
  const [sae = ''] = source.saes;
  const text =
    'Once upon a time, there was a little girl named Lily. One day, Lily lost her ball and she was very sad.';

  test.each(scopes)('says what steering says token by token: %s', async (scope) => {
    const batch = await analysed(source, text);
    const token = Array.from(batch.starts).indexOf(text.indexOf('ily lost'));
    const feature = featureIndex(batch.readings[0]?.features[8 * token] ?? 0);
    const found = await engine.ablationEffect(
      { source, text, sae, feature, at: { token: tokenIndex(token) }, scope, limit: 99, top: 5 },
      idle,
    );
    expect(text.slice(batch.starts[token], batch.ends[token])).toBe('ily');
    expect(found.activation).toBeCloseTo(batch.readings[0]?.activations[8 * token] ?? NaN, 5);
    // The analysis is another graph, cut into other runs.
    expectClose(found.baseline, batch.losses?.subarray(token + 1) ?? [], 1e-4);

    const model = await openModel(source.model);
    const edited = { model, saes: [await loadSae(sae)] };
    const program = await openSteerProgram(model, edited.saes);
    const range = { from: token + 1, ...(scope === 'here' && { to: token + 2 }) };
    const out = { operation: 'ablate', positions: { ranges: [range] } } as const;
    const plan = planOf(edited, [[], [{ sae: saePlace(0), feature, ...out }]]);
    const edits = await readyWith(program, edited, plan);
    const sequence = Uint32Array.from([model.tokenizer.bosId ?? 0, ...batch.ids]);
    const alone = (row: number): TextRows => new RowsTogether(edits, plan.rows.slice(row, row + 1));
    const [plain, without] = [await steered(alone(0), sequence), await steered(alone(1), sequence)];
    program.dispose();
    expectClose(found.baseline, plain.losses.slice(token + 1, -1), 1e-4);
    expectClose(found.ablated, without.losses.slice(token + 1, -1), 1e-4);
    const [p, q] = [plain, without].map(({ logits }) => logits[token + 1] ?? new Float32Array(0));
    if (p === undefined || q === undefined) throw new Error('no logits');
    expect(found.next.kl).toBeCloseTo(compareLogits(p, q).kl, 4);
    // Without the feature of her name, what the girl does comes as a larger surprise.
    expect(found.next.kl).toBeGreaterThan(0.1);
    expect(found.ablated[0]).toBeGreaterThan((found.baseline[0] ?? NaN) + 0.1);
  });
});

describe('a dynamically quantized model', () => {
  const sae = path.join(folder, 'minimind');
  const source = { model: home, saes: [sae] };
  const text = 'The capital of France is Paris, and the capital of Italy is Rome.';

  test('is read row by row, and loses what an analysis says it loses', async () => {
    await writeRandomSae(sae, {
      ...{ D: 512, F: 96, activation: { architecture: 'topk', k: 8 }, applyBDecToInput: true },
      ...{ seed: 4, site: 'blocks.3.hook_resid_post' },
    });
    const batch = await analysed(source, text);
    const feature = featureIndex(batch.readings[0]?.features[8 * 5] ?? 0);
    const params = { source, text, sae, at: { token: tokenIndex(5) }, limit: 99, top: 5 } as const;
    const ablate = (which: number, scope: 'here' | 'onwards'): Promise<AblationEffect> =>
      engine.ablationEffect({ ...params, feature: featureIndex(which), scope }, idle);
    const found = await ablate(feature, 'here');
    // What the other row does cannot be seen in the baseline.
    for (const other of [
      await ablate(feature, 'onwards'),
      await ablate((feature + 1) % 96, 'onwards'),
    ]) {
      expect(other.baseline).toEqual(found.baseline);
      expect(other.next.baseline).toEqual(found.next.baseline);
    }
    expect(found.ablated).not.toEqual(found.baseline);
    // The same runs of the same tokens; only the graphs around them differ.
    expectClose(found.baseline, batch.losses?.subarray(6) ?? [], 1e-4);
  });
});
