import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type { Source, TokenBatch } from '../../../src/shared/engineProtocol.ts';
import { charOffset } from '../../../src/shared/units.ts';
import { bosId, saeSite, word, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward } from '../../fixtures/decoders/reference.ts';
import { encodeReference } from '../steering/reference.ts';

interface Analysis {
  readonly features: number[][];
  readonly activations: number[][];
  readonly losses: number[];
  readonly texts: string[];
  readonly reused: number;
  /** First token of each batch, in the order of arrival. */
  readonly order: number[];
}

const topK = 6;
const idle = { aborted: false };

describe.each(['gpt2', 'llama'] as const)('analyse (%s)', (kind) => {
  let folder: string;
  let bundle: WrittenBundle;
  let source: Source;
  let engine: Engine;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-analyse-'));
    const sae = { architecture: 'jumprelu' } as const;
    bundle = await writeBundle(folder, { decoder: { kind, seed: 21 }, sae, seed: 22 });
    source = bundle.source;
    engine = Engine.create();
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true });
  });

  async function analyse(document: string, text: string, visibleFrom?: number): Promise<Analysis> {
    const batches: TokenBatch[] = [];
    const visible =
      visibleFrom === undefined
        ? {}
        : { visible: { start: charOffset(visibleFrom), end: charOffset(visibleFrom + 10) } };
    const summary = await engine.analyse(
      { source, document, text, topK, loss: true, ...visible },
      { signal: idle, progress: (batch) => batches.push(batch) },
    );
    const order = batches.map(({ from }) => Number(from));
    batches.sort((a, b) => a.from - b.from);
    const rows = <T>(pick: (batch: TokenBatch, row: number) => T): T[] =>
      batches.flatMap((batch) => Array.from({ length: batch.count }, (_, r) => pick(batch, r)));
    const slice = (values: ArrayLike<number>, r: number): number[] =>
      Array.from(values).slice(r * topK, (r + 1) * topK);
    const result = {
      features: rows((batch, r) => slice(batch.readings[0]?.features ?? [], r)),
      activations: rows((batch, r) => slice(batch.readings[0]?.activations ?? [], r)),
      losses: rows((batch, r) => batch.losses?.[r] ?? NaN),
      texts: rows((batch, r) => text.slice(batch.starts[r], batch.ends[r])),
      reused: summary.reusedTokens,
      order,
    };
    expect(result.features).toHaveLength(summary.tokens);
    return result;
  }

  const textOf = (ids: readonly number[]): string =>
    ids.map((id, i) => word(id) + (i % 9 === 8 ? '\n' : ' ')).join('');

  /** Float32 through another cut of the same window: other kernels, 3 layers. */
  const tolerance = 1e-5;

  const isClose = (a: number | undefined, b: number | undefined): boolean =>
    Math.abs((a ?? NaN) - (b ?? NaN)) < tolerance;

  /** Features whose activation no neighbour comes near: others may change places. */
  const clearFeatures = ({ features, activations }: Analysis): number[] =>
    activations.flatMap((row, t) =>
      row.flatMap((activation, k) => {
        const isClear = [row[k - 1], row[k + 1] ?? 0].every((other) => !isClose(other, activation));
        return isClear && activation > 0 ? [features[t]?.[k] ?? -1] : [-1];
      }),
    );

  function expectEqual(a: Analysis, b: Analysis): void {
    expect(a.texts).toEqual(b.texts);
    const flat = a.activations.flat();
    expect(b.activations.flat().every((value, i) => isClose(value, flat[i]))).toBe(true);
    expect(a.losses.every((loss, t) => isClose(loss, b.losses[t]))).toBe(true);
    const others = clearFeatures(b);
    for (const [i, feature] of clearFeatures(a).entries()) {
      if (feature >= 0 && others[i] !== -1) expect(others[i]).toBe(feature);
    }
  }

  it('gives the features and losses of float64 arithmetic', async () => {
    const ids = [5, 9, 30, 7, 7, 44, 12, 3, 20, 21];
    const found = await analyse('reference', textOf(ids));
    const sequence = [bosId, ...ids];
    const { sites, logits } = referenceForward(bundle.decoder, sequence);
    for (const [t, id] of ids.entries()) {
      const x = sites.get(saeSite)?.[t + 1] ?? [];
      const f = encodeReference(bundle.tensors, { architecture: 'jumprelu' }, x);
      const top = f
        .map((activation, feature) => ({ activation, feature }))
        .sort((a, b) => b.activation - a.activation)
        .slice(0, topK);
      for (const [k, { activation, feature }] of top.entries()) {
        expect(found.activations[t]?.[k]).toBeCloseTo(activation, 4);
        if (activation > 0) expect(found.features[t]?.[k]).toBe(feature);
      }
      const row = logits[t] ?? [];
      const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      expect(found.losses[t]).toBeCloseTo(total - (row[id] ?? NaN), 4);
    }
  });

  it('after an edit equals a fresh analysis, and reuses what did not change', async () => {
    const edits = fc.record({
      at: fc.oneof(fc.nat(4), fc.nat(150)),
      remove: fc.nat(5),
      insert: fc.array(fc.integer({ min: 2, max: 58 }), { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 2, max: 58 }), { minLength: 1, maxLength: 150 }),
        fc.array(edits, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        async (start, changes, run) => {
          const ids = [...start];
          const document = `edited ${String(run)} ${String(start.length)}`;
          await analyse(document, textOf(ids));
          for (const { at, remove, insert } of changes) {
            ids.splice(Math.min(at, ids.length), remove, ...insert);
            const text = textOf(ids);
            expectEqual(
              await analyse(document, text),
              await analyse(`fresh ${document} ${text}`, text),
            );
          }
        },
      ),
      { numRuns: 25, seed: 4 },
    );
  });

  it('reuses everything when nothing changed', async () => {
    const text = textOf(Array.from({ length: 120 }, (_, i) => 2 + ((i * 7) % 50)));
    const before = await analyse('same', text);
    const again = await analyse('same', text);
    expect(before.reused).toBe(0);
    expect(again.reused).toBe(120);
    expect(again.activations).toEqual(before.activations);
  });

  it('analyses the visible part first', async () => {
    const text = textOf(Array.from({ length: 140 }, (_, i) => 2 + ((i * 11) % 50)));
    const { order, texts } = await analyse('visible', text, text.length - 12);
    expect(order.length).toBeGreaterThan(2);
    expect(Math.max(...order)).toBe(order[0]);
    expect(texts.join('')).toBe(text);
  });

  it('stops when it is cancelled, and goes on from there', async () => {
    const text = textOf(Array.from({ length: 140 }, (_, i) => 2 + ((i * 13) % 50)));
    const signal = { aborted: false };
    const run = engine.analyse(
      { source, document: 'cancelled', text, topK, loss: true },
      {
        signal,
        progress: () => {
          signal.aborted = true;
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    const resumed = await analyse('cancelled', text);
    expect(resumed.reused).toBeGreaterThan(0);
    expectEqual(resumed, await analyse('uncancelled', text));
  });

  it('accepts an empty text', async () => {
    expect((await analyse('empty', '')).texts).toEqual([]);
  });
});
