// Sums over typed arrays against sums over tokens as objects, in float64.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { strongestTokens } from '../../../src/host/display/features/strongestTokens.ts';
import { TokenTable, readingOf } from '../../../src/host/documents/tokenTable.ts';
import type { Token } from '../../../src/host/documents/tokenTable.ts';
import type { TokenBatch } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { batchOf, readingIn } from '../host/batches.ts';
import type { Row } from '../host/batches.ts';
import { sumsOf } from './sums.ts';

const topK = 3;

/** Ids on both sides of where arrays give way to a map. */
const feature = fc.oneof(fc.nat(9), fc.integer({ min: 2 ** 20 - 1, max: 2 ** 20 + 2 }));
const slots = fc.array(fc.tuple(feature, fc.nat(50)), { maxLength: topK });

/** Batches of one letter per token; a token has each feature at most once. */
const batches = fc.array(
  fc.array(fc.tuple(slots, fc.option(fc.double({ min: 0, max: 20, noNaN: true }), { nil: NaN })), {
    minLength: 1,
    maxLength: 6,
  }),
  { maxLength: 6 },
);

type Made = readonly (readonly [pairs: readonly (readonly [number, number])[], loss: number])[];

function tableOf(made: readonly Made[]): TokenTable {
  const table = new TokenTable();
  let at = 0;
  for (const tokens of made) {
    const rows = tokens.map(([pairs], n): Row => {
      const unique = new Map(pairs.map(([feature, activation]) => [feature, activation]));
      const sorted = [...unique].sort((a, b) => b[1] - a[1]);
      return [at + n, at + n + 1, ...sorted.flat()];
    });
    const batch: TokenBatch = {
      ...batchOf(at, rows, topK, [
        readingIn(
          rows.map(([start, end]): Row => [start, end, 77, 5]),
          1,
          '/t',
        ),
      ]),
      losses: Float32Array.from(tokens, ([, loss]) => loss),
    };
    table.insert(batch, 1);
    at += rows.length;
  }
  return table;
}

interface Expected {
  tokens: number;
  total: number;
  max: number;
  lossWeight: number;
  lossTotal: number;
}

function expectedSums(tokens: readonly Token[]): ReadonlyMap<number, Expected> {
  const sums = new Map<number, Expected>();
  for (const token of tokens) {
    const reading = readingOf(token, '/s');
    for (const [slot, feature] of reading?.features.entries() ?? []) {
      const activation = reading?.activations[slot] ?? 0;
      if (activation <= 0) continue;
      const before = sums.get(feature) ?? {
        tokens: 0,
        total: 0,
        max: 0,
        lossWeight: 0,
        lossTotal: 0,
      };
      sums.set(feature, {
        tokens: before.tokens + 1,
        total: before.total + activation,
        max: Math.max(before.max, activation),
        lossWeight: before.lossWeight + (token.loss === undefined ? 0 : activation),
        lossTotal: before.lossTotal + activation * (token.loss ?? 0),
      });
    }
  }
  return sums;
}

const edits = fc.array(fc.record({ offset: fc.nat(40), removed: fc.nat(4), inserted: fc.nat(4) }), {
  maxLength: 4,
});

test('every feature is summed as over tokens, whatever was edited', () => {
  fc.assert(
    fc.property(batches, edits, fc.nat(40), (made, changes, hiddenRow) => {
      const table = tableOf(made);
      for (const change of changes) table.edit(change);
      const showsOn = (id: number): boolean => id !== 100 + hiddenRow;
      const shown = table.all().filter(({ id }) => showsOn(id));
      const { tokens, meanLoss, features } = sumsOf(table.rows, '/s', showsOn);
      expect(tokens).toBe(shown.length);
      expect(new Map(features.map(({ feature, ...sums }) => [feature, sums]))).toEqual(
        expectedSums(shown),
      );
      const losses = shown.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
      if (losses.length === 0) expect(meanLoss).toBeUndefined();
      else expect(meanLoss).toBe(losses.reduce((a, b) => a + b, 0) / losses.length);
    }),
  );
});

test('each SAE has sums of its own, and one that has read nothing has none', () => {
  const table = tableOf([
    [
      [[[3, 2]], NaN],
      [[], NaN],
    ],
  ]);
  expect(sumsOf(table.rows, '/t')).toEqual({
    tokens: 2,
    features: [{ feature: 77, tokens: 2, total: 10, max: 5, lossWeight: 0, lossTotal: 0 }],
  });
  expect(sumsOf(table.rows, '/gone')).toEqual({ tokens: 0, features: [] });
});

test('many features need more room', () => {
  const rows = Array.from({ length: 5000 }, (_, n): Row => [n, n + 1, n * 3, 1 + (n % 7)]);
  const table = new TokenTable();
  table.insert(batchOf(0, rows, 1), 1);
  const { features } = sumsOf(table.rows);
  expect(features).toHaveLength(5000);
  expect(features.every(({ feature, total }) => total === 1 + ((feature / 3) % 7))).toBe(true);
});

test('the strongest tokens of a feature are those with its largest activations, in the present text', () => {
  fc.assert(
    fc.property(batches, edits, fc.nat(9), (made, changes, id) => {
      const table = tableOf(made);
      for (const change of changes) table.edit(change);
      const expected = table
        .all()
        .flatMap((token) => {
          const reading = readingOf(token, '/s');
          const slot = reading?.features.indexOf(id) ?? -1;
          const activation = slot < 0 ? 0 : (reading?.activations[slot] ?? 0);
          return activation > 0 ? [{ start: token.start, end: token.end, activation }] : [];
        })
        .sort((a, b) => b.activation - a.activation || a.start - b.start);
      const ref = { sae: '/s', feature: featureIndex(id) };
      const found = strongestTokens(table.rows, ref, { most: 3, showsOn: () => true });
      expect(found).toEqual(expected.slice(0, 3));
    }),
  );
});
