// What an edit did to the features: two texts compared through the engine's public call, against plain counting over what
// an analysis says of each.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { SaeReading, Source, TokenBatch } from '../../../src/shared/engineProtocol.ts';
import type {
  ChangedTokens,
  FeatureChange,
  TextComparison,
} from '../../../src/shared/readingProtocol.ts';
import { word, writeBundle } from '../../fixtures/bundle.ts';
import { writeRandomSae } from '../sae/randomSae.ts';

const idle = { signal: { aborted: false }, progress: (): void => undefined };
const topK = 6;
const limit = 1000;

let folder: string;
let source: Source;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-compare-'));
  const sae = { architecture: 'jumprelu' } as const;
  const decoder = { kind: 'gpt2', seed: 71 } as const;
  const written = await writeBundle(folder, { decoder, sae, seed: 72 });
  const second = path.join(folder, 'second');
  await writeRandomSae(second, {
    ...{ D: 32, F: 64, activation: { architecture: 'topk', k: 4 }, applyBDecToInput: true },
    ...{ seed: 73, site: 'blocks.0.hook_resid_post' },
  });
  source = { ...written.source, saes: [...written.source.saes, second] };
  engine = Engine.create();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

let documents = 0;
const compare = (
  left: string,
  right: string,
  of: Source = source,
  most = limit,
): Promise<TextComparison> =>
  engine.compareTexts(
    {
      source: of,
      left: { document: `left ${++documents}`, text: left },
      right: { document: `right ${documents}`, text: right },
      topK,
      limit: most,
    },
    idle,
  );

/** [T, K] readings of a whole text, one per SAE. */
async function readingsOf(text: string): Promise<readonly SaeReading[]> {
  const batches: TokenBatch[] = [];
  await engine.analyse(
    { source, document: `counted ${++documents}`, text, topK },
    { ...idle, progress: (batch) => batches.push(batch) },
  );
  batches.sort((a, b) => a.from - b.from);
  return source.saes.map((sae, n) => ({
    sae,
    topK,
    slots: topK,
    features: Uint32Array.from(
      batches.flatMap(({ readings }) => [...(readings[n]?.features ?? [])]),
    ),
    activations: Float32Array.from(
      batches.flatMap(({ readings }) => [...(readings[n]?.activations ?? [])]),
    ),
  }));
}

/** Total and number of tokens, by feature. */
function counted({ features, activations }: SaeReading): Map<number, [number, number]> {
  const found = new Map<number, [number, number]>();
  for (const [slot, activation] of activations.entries()) {
    if (activation === 0) continue;
    const [total, tokens] = found.get(features[slot] ?? -1) ?? [0, 0];
    found.set(features[slot] ?? -1, [total + activation, tokens + 1]);
  }
  return found;
}

/** By how much features grew, those that did in the order of the answer. */
function grown(left: SaeReading, right: SaeReading): (readonly [feature: number, by: number])[] {
  const [before, after] = [counted(left), counted(right)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((feature) => {
      const [[b, bTokens], [a, aTokens]] = [
        before.get(feature) ?? [0, 0],
        after.get(feature) ?? [0, 0],
      ];
      return [
        feature,
        bTokens === aTokens && Math.abs(a - b) <= 1e-5 * Math.max(a, b) ? 0 : a - b,
      ] as const;
    })
    .filter(([, by]) => by > 0)
    .sort(([f, a], [g, b]) => b - a || f - g);
}

const turned = (changed: ChangedTokens): ChangedTokens => ({
  sae: changed.sae,
  leftStarts: changed.rightStarts,
  leftEnds: changed.rightEnds,
  rightStarts: changed.leftStarts,
  rightEnds: changed.leftEnds,
  leftFeatures: changed.rightFeatures,
  rightFeatures: changed.leftFeatures,
  leftActivations: changed.rightActivations,
  rightActivations: changed.leftActivations,
});
const turnedFeature = (change: FeatureChange): FeatureChange => ({
  ...change,
  leftTotal: change.rightTotal,
  rightTotal: change.leftTotal,
  leftTokens: change.rightTokens,
  rightTokens: change.leftTokens,
});

const textOf = (ids: readonly number[]): string => ids.map(word).join(' ');
const ids = fc.array(fc.integer({ min: 2, max: 20 }), { maxLength: 70 });
/** A text, and what an edit makes of it. */
const edited = fc
  .record({
    ids,
    at: fc.nat(70),
    remove: fc.nat(4),
    insert: fc.array(fc.integer({ min: 2, max: 20 }), { maxLength: 4 }),
  })
  .map(
    ({ ids: start, at, remove, insert }) =>
      [textOf(start), textOf(start.toSpliced(at, remove, ...insert))] as const,
  );

describe('compareTexts', () => {
  test('counts what each text has more of, SAE by SAE', async () => {
    await fc.assert(
      fc.asyncProperty(edited, async ([left, right]) => {
        const found = await compare(left, right);
        const [before, after] = [await readingsOf(left), await readingsOf(right)];
        for (const [n, sae] of source.saes.entries()) {
          const [l, r] = [before[n], after[n]];
          if (l === undefined || r === undefined) throw new Error('no reading');
          for (const [changes, expected, text] of [
            [found.gained, grown(l, r), right],
            [found.lost, grown(r, l), left],
          ] as const) {
            const own = changes.filter((change) => change.sae === sae);
            expect(own.map(({ feature }) => feature)).toEqual(expected.map(([feature]) => feature));
            for (const { peakToken, peakStart, peakEnd } of own)
              expect(text.slice(peakStart, peakEnd)).toBe(peakToken);
          }
        }
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  test('lists the common tokens whose strongest feature changed', async () => {
    await fc.assert(
      fc.asyncProperty(edited, async ([left, right]) => {
        const found = await compare(left, right);
        const words = (text: string): number => text.split(' ').filter((w) => w !== '').length;
        expect([found.leftTokens, found.rightTokens]).toEqual([words(left), words(right)]);
        expect(found.commonTokens).toBeLessThanOrEqual(Math.min(words(left), words(right)));
        expect(found.changedTokens).toEqual(
          found.changed.map(({ leftStarts }) => leftStarts.length),
        );
        for (const tokens of found.changed) {
          for (const [i, start] of tokens.leftStarts.entries()) {
            const [l, r] = [
              left.slice(start, tokens.leftEnds[i]).trim(),
              right.slice(tokens.rightStarts[i], tokens.rightEnds[i]).trim(),
            ];
            expect(l).toBe(r);
            expect(start).toBeGreaterThanOrEqual(tokens.leftEnds[i - 1] ?? 0);
            const [a = 0, b = 0] = [tokens.leftActivations[i], tokens.rightActivations[i]];
            expect(
              tokens.leftFeatures[i] !== tokens.rightFeatures[i] || (a === 0) !== (b === 0),
            ).toBe(true);
          }
        }
      }),
      { numRuns: 40, seed: 6 },
    );
  });

  test('the other way round says the same the other way round', async () => {
    await fc.assert(
      fc.asyncProperty(edited, async ([left, right]) => {
        const found = await compare(left, right);
        const back = await compare(right, left);
        expect(back.gained.map(turnedFeature)).toEqual(found.lost);
        expect(back.lost.map(turnedFeature)).toEqual(found.gained);
        expect(back.changed.map(turned)).toEqual(found.changed);
        expect(back.commonTokens).toBe(found.commonTokens);
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  test('equal texts have nothing to tell, and empty ones nothing at all', async () => {
    const text = textOf([5, 9, 30, 7, 7, 44]);
    const nothing = { gained: [], lost: [], changedTokens: [0, 0] };
    expect(await compare(text, text)).toMatchObject({ ...nothing, commonTokens: 6 });
    expect(await compare('', '')).toMatchObject({ ...nothing, leftTokens: 0, commonTokens: 0 });
    const gained = await compare('', text);
    expect(gained).toMatchObject({ lost: [], rightTokens: 6, commonTokens: 0 });
    expect(
      gained.gained.every(({ leftTotal, rightTotal }) => leftTotal === 0 && rightTotal > 0),
    ).toBe(true);
  });

  test('lists no more than asked for, and counts all', async () => {
    const left = textOf([5, 9, 30, 7, 7, 44, 12, 3, 20, 21]);
    const right = textOf([8, 9, 30, 7, 7, 44, 12, 3, 20, 21]);
    const all = await compare(left, right);
    const some = await compare(left, right, source, 1);
    expect(some.gained).toEqual(
      source.saes.map((sae) => all.gained.find((change) => change.sae === sae)),
    );
    expect(some.changedTokens).toEqual(all.changedTokens);
    expect(some.changed[1]?.leftStarts).toEqual(all.changed[1]?.leftStarts.slice(0, 1));
  });

  test('uses what is known of a document, and leaves it what it computes', async () => {
    const text = textOf([5, 9, 30, 7, 7, 44]);
    const known = { source, document: 'open', text, topK };
    const before = await engine.analyse(known, idle);
    const other = { document: 'head', text: textOf([5, 9, 30, 7]) };
    await engine.compareTexts({ source, left: other, right: known, topK, limit }, idle);
    const [open, head] = [
      await engine.analyse(known, idle),
      await engine.analyse({ source, topK, ...other }, idle),
    ];
    expect(before.reusedTokens).toBe(0);
    expect([open.reusedTokens, head.reusedTokens]).toEqual([6, 4]);
  });

  test('stops when it is cancelled', async () => {
    const context = { ...idle, signal: { aborted: true } };
    const sides = { left: { document: 'a', text: 'w5' }, right: { document: 'b', text: 'w6' } };
    await expect(
      engine.compareTexts({ source, ...sides, topK, limit }, context),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('two versions of a story differ from the edit on', async () => {
    const embedded = {
      model: path.resolve(defaultModelFolder),
      saes: [path.resolve(defaultSaeFolder)],
    };
    const story = (thing: string): string =>
      `Once upon a time, there was a little girl named Lily. She had a ${thing}. It was very big. The ${thing} was in the park.`;
    const found = await compare(story('dog'), story('secret'), embedded);
    expect(found.commonTokens).toBe(found.leftTokens - 2);
    expect(found.gained[0]).toMatchObject({ peakToken: ' secret', leftTokens: 0, rightTokens: 2 });
    expect(found.lost.map(({ peakToken }) => peakToken)).toContain(' dog');
    // The model reads from left to right.
    const starts = [...(found.changed[0]?.leftStarts ?? [])];
    expect(starts.length).toBeGreaterThan(0);
    expect(Math.min(...starts)).toBeGreaterThan(story('dog').indexOf('dog'));
  });
});
