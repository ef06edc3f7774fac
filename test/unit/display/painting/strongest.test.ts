import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paints } from '../../../../src/host/display/painting/paint.ts';
import { strengthLevel } from '../../../../src/host/display/painting/strength.ts';
import { strongestOfAll, strongestOfOne } from '../../../../src/host/display/painting/strongest.ts';
import { TokenTable } from '../../../../src/host/documents/tokenTable.ts';
import { levels } from '../../../../src/shared/themeColours.ts';
import { batchOf, oneSae, readingIn } from '../../host/batches.ts';
import type { Row } from '../../host/batches.ts';
import { factsOf, rowsOf, words } from './paintings.ts';

test('strength grows with the share of the maximum, within the levels', () => {
  const found = [0.01, 0.2, 0.4, 0.65, 1, 3].map(strengthLevel);
  expect(found).toEqual([0, 1, 2, 3, 3, 3]);
  expect(Math.max(...found)).toBe(levels - 1);
});

describe('the strongest feature of one SAE', () => {
  const paint = (
    rows: readonly Row[],
    text: string,
    more: Parameters<typeof factsOf>[1] = {},
    topK = 1,
  ): readonly string[] => words(strongestOfOne(rowsOf(rows, topK), oneSae, factsOf(text, more)));

  test('colours a token, against its known maximum', () => {
    const rows = rowsOf([[0, 4, 7, 2, 8, 1]], 2);
    const facts = factsOf('Once', { maximum: () => 8 });
    expect(strongestOfOne(rows, oneSae, facts)).toEqual([
      {
        start: 0,
        end: 4,
        paint: paints.feature('standard', 3, 1),
        strength: 0.25,
        feature: { sae: '/s', feature: 7 },
      },
    ]);
  });

  test('is measured against the strongest token there is where nothing is known', () => {
    const found = paint(
      [
        [0, 2, 7, 0.1],
        [2, 4, 7, 1],
      ],
      'Once',
    );
    expect(found).toEqual(['0-2:7@0', '2-4:7@3']);
  });

  test('is looked for in that SAE only', () => {
    const rows = rowsOf([[0, 4, 7, 2]], 1, [readingIn([[0, 4, 3, 5]], 1, '/t')]);
    const found = ['/s', '/t', '/u'].map((sae) =>
      words(strongestOfOne(rows, sae, factsOf('Once'))),
    );
    expect(found).toEqual([['0-4:7@3'], ['0-4:3@3'], []]);
  });

  test('leaves its place to the next one where it is not shown or too weak', () => {
    const rows: readonly Row[] = [[0, 4, 7, 4, 8, 3]];
    const shows = { shows: ({ feature }: { feature: number }) => feature !== 7 };
    expect(paint(rows, 'Once', shows, 2)).toEqual(['0-4:8@3']);
    const maximum = (_: string, feature: number): number => (feature === 7 ? 40 : 4);
    expect(paint(rows, 'Once', { maximum }, 2)).toEqual(['0-4:7@0']);
    expect(paint(rows, 'Once', { maximum, threshold: 10 }, 2)).toEqual(['0-4:7@0']);
    expect(paint(rows, 'Once', { maximum, threshold: 11 }, 2)).toEqual(['0-4:8@3']);
    expect(paint(rows, 'Once', { maximum, threshold: 76 }, 2)).toEqual([]);
  });

  test('is not painted on tokens that are left out', () => {
    const rows: readonly Row[] = [
      [0, 2, 7, 1],
      [2, 4, 7, 1],
    ];
    expect(paint(rows, 'Once', { showsOn: (id) => id !== 100 })).toEqual(['2-4:7@3']);
  });

  test('takes its colour from the palette that is chosen', () => {
    const rows = rowsOf([[0, 4, 1, 1]]);
    const colours = (['standard', 'colourBlindSafe'] as const).map(
      (palette) => strongestOfOne(rows, oneSae, factsOf('Once', { palette }))[0]?.paint.colour,
    );
    expect(colours).toEqual(['monosem.feature8.level4', 'monosem.safe5.level4']);
  });

  test('of neurons is never a negative one', () => {
    const rows: readonly Row[] = [
      [0, 2, 5, 0.4, 6, -0.2],
      [2, 4, 6, -0.1, 5, -0.4],
    ];
    expect(paint(rows, 'Once', {}, 2)).toEqual(['0-2:5@3']);
    const facts = factsOf('Once');
    expect(words(strongestOfAll(rowsOf(rows, 2), facts))).toEqual(['0-2:5@3']);
  });
});

describe('the strongest feature of all SAEs', () => {
  const rows = rowsOf([[0, 4, 7, 30, 8, 5]], 2, [readingIn([[0, 4, 3, 0.5]], 1, '/t')]);
  const maxima: Readonly<Record<string, number>> = { 7: 100, 8: 20, 3: 1 };
  const facts = factsOf('Once', {
    saes: ['/s', '/t'],
    maximum: (_, feature) => maxima[feature],
  });

  test('is the one closest to its own maximum', () => {
    const [found] = strongestOfAll(rows, facts);
    expect(found).toMatchObject({ strength: 0.5, feature: { sae: '/t', feature: 3 } });
  });

  test('is one of the active SAEs, and one that is shown', () => {
    expect(words(strongestOfAll(rows, { ...facts, saes: ['/s'] }))).toEqual(['0-4:7@1']);
    const shows = ({ sae }: { sae: string }): boolean => sae === '/s';
    expect(words(strongestOfAll(rows, { ...facts, shows }))).toEqual(['0-4:7@1']);
    expect(words(strongestOfAll(rows, { ...facts, threshold: 51 }))).toEqual([]);
  });
});

test('blanks around a word are not painted, spaces alone are', () => {
  const rows = rowsOf([
    [0, 5, 7, 1],
    [5, 7, 7, 1],
    [7, 11, 7, 1],
  ]);
  const found = strongestOfOne(rows, oneSae, factsOf(' a\tb\n  next'));
  expect(words(found)).toEqual(['1-4:7@3', '5-7:7@3', '7-11:7@3']);
});

test('tokens without an active feature and bare line breaks stay unpainted', () => {
  const rows = rowsOf([
    [0, 1, 7, 0],
    [1, 4, 7, 1],
    [4, 5, 7, 1],
  ]);
  expect(words(strongestOfOne(rows, oneSae, factsOf('a\r\n b')))).toEqual(['4-5:7@3']);
});

test('a part of a document is painted where it lies', () => {
  const rows = rowsOf([[10, 14, 7, 1]]);
  const facts = factsOf(' One', { textStart: 10 });
  expect(words(strongestOfOne(rows, oneSae, facts))).toEqual(['11-14:7@3']);
});

test('tokens that share a character paint it once, in the colour of the strongest', () => {
  const split = rowsOf([
    [0, 2, 5, 1],
    [0, 2, 6, 3],
    [0, 2, 7, 2],
  ]);
  expect(words(strongestOfOne(split, oneSae, factsOf('😀')))).toEqual(['0-2:6@3']);
  const partly = (a: number, b: number): readonly string[] =>
    words(
      strongestOfOne(
        rowsOf([
          [0, 3, 5, a],
          [1, 3, 6, b],
        ]),
        oneSae,
        factsOf('x😀'),
      ),
    );
  expect([partly(2, 1), partly(1, 2)]).toEqual([['0-3:5@3'], ['0-1:5@3', '1-3:6@3']]);
});

test('stretches come in text order and never overlap, however tokens do', () => {
  const token = fc.record({
    back: fc.nat(3),
    length: fc.integer({ min: 1, max: 5 }),
    feature: fc.nat(6),
    activation: fc.double({ min: -1, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }), fc.nat(100), (tokens, threshold) => {
      let reached = 0;
      const rows = tokens.map(({ back, length, feature, activation }): Row => {
        const start = Math.max(0, reached - back);
        reached = Math.max(reached, start + length);
        return [start, reached, feature, activation];
      });
      const text = 'a b\n'.repeat(60);
      const found = strongestOfOne(rowsOf(rows), oneSae, factsOf(text, { threshold }));
      let end = 0;
      for (const stretch of found) {
        expect(stretch.start).toBeGreaterThanOrEqual(end);
        expect(stretch.end).toBeGreaterThan(stretch.start);
        expect(stretch.strength * 100).toBeGreaterThanOrEqual(threshold);
        end = stretch.end;
      }
    }),
  );
});

test('rows that moved with an edit are painted where they are now', () => {
  const table = new TokenTable();
  table.insert(
    batchOf(0, [
      [0, 4, 7, 1],
      [4, 8, 8, 1],
    ]),
    1,
  );
  table.edit({ offset: 0, removed: 0, inserted: 2 });
  const rows = table.rowsBetween(6, 7);
  const text = 'X OnceMore';
  expect(words(strongestOfOne(rows, oneSae, factsOf(text)))).toEqual(['6-10:8@3']);
});
