// Whatever has been remembered: what is painted is what painting everything afresh would give.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { PaintFacts } from '../../../../src/host/display/painting/facts.ts';
import { PaintMemory } from '../../../../src/host/display/painting/paintMemory.ts';
import type { PaintQuestion } from '../../../../src/host/display/painting/paintMemory.ts';
import { paintView } from '../../../../src/host/display/painting/paintView.ts';
import type { Stretch } from '../../../../src/host/display/painting/stretches.ts';
import { TokenTable } from '../../../../src/host/documents/tokenTable.ts';
import type { TextChange } from '../../../../src/host/documents/tokenTable.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import type { View } from '../../../../src/host/view/view.ts';
import { batchOf, letters, oneSae } from '../../host/batches.ts';
import type { Row } from '../../host/batches.ts';
import { factsOf, words } from './paintings.ts';

const everything = Number.MAX_SAFE_INTEGER;

/** A document with its tokens: each batch is given by the lengths and features of its tokens. */
class Text {
  readonly table = new TokenTable();
  #text: string;
  #run = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  readonly between = vi.fn((start: number, end: number) => this.#text.slice(start, end));

  edit(change: TextChange, letter: string): void {
    const { offset, removed, inserted } = change;
    const [before, behind] = [this.#text.slice(0, offset), this.#text.slice(offset + removed)];
    this.#text = before + letter.repeat(inserted) + behind;
    this.table.edit(change);
  }

  insert(rows: readonly Row[]): void {
    if (rows.length > 0) this.table.insert(batchOf(0, rows), ++this.#run);
  }

  rows = () => this.table.rowsBetween(0, everything);
}

function questionOf(text: Text, view: View, more: Partial<PaintQuestion> = {}): PaintQuestion {
  const facts = factsOf('');
  return {
    view,
    facts,
    key: view.kind,
    textBetween: text.between,
    near: 0,
    most: everything,
    ...more,
  };
}

/** Ranges that `textBetween` was asked for since the last time. */
function askedFor(text: Text): readonly (readonly [start: number, end: number])[] {
  const asked = [...text.between.mock.calls];
  text.between.mockClear();
  return asked;
}

/** Three batches of ten letters each, with features of their own. */
function threeBatches(): Text {
  const text = new Text('abcdefghij'.repeat(3));
  for (const n of [0, 1, 2]) text.table.insert(letters(10 * n, 10 * n, 10, n + 1), 1);
  return text;
}

test('a batch is painted once, and moves with the text', () => {
  const text = threeBatches();
  const memory = new PaintMemory();
  const known = { ...factsOf(''), maximum: () => 1 };
  const question = questionOf(text, { kind: 'top' }, { facts: known });
  expect(memory.paint(text.rows(), question)).toMatchObject({ start: 0, end: Infinity });
  expect(askedFor(text)).toEqual([
    [0, 10],
    [10, 20],
    [20, 30],
  ]);
  text.edit({ offset: 10, removed: 0, inserted: 2 }, 'x');
  text.insert([[10, 12, 9, 1]]);
  const { stretches } = memory.paint(text.rows(), question);
  expect(askedFor(text)).toEqual([[10, 12]]);
  expect(words(stretches).slice(9, 12)).toEqual(['9-10:1@3', '10-12:9@3', '12-13:2@3']);
});

test('under another key nothing is remembered', () => {
  const text = threeBatches();
  const memory = new PaintMemory();
  memory.paint(text.rows(), questionOf(text, { kind: 'top' }));
  expect(memory.newRows(text.rows(), 'top')).toEqual([]);
  expect(memory.newRows(text.rows(), 'merged')).toHaveLength(3);
  askedFor(text);
  memory.paint(text.rows(), questionOf(text, { kind: 'top' }, { key: 'fainter' }));
  expect(askedFor(text)).toHaveLength(3);
});

test('new are the rows of batches that came or were cut', () => {
  const text = threeBatches();
  const memory = new PaintMemory();
  memory.paint(text.rows(), questionOf(text, { kind: 'top' }));
  text.edit({ offset: 12, removed: 1, inserted: 1 }, 'x');
  const found = memory.newRows(text.rows(), 'top');
  expect(found.map(({ first, last }) => [first, last])).toEqual([
    [0, 2],
    [3, 10],
  ]);
});

test('a maximum that becomes known counts at once, and so does a larger activation where none is', () => {
  const text = threeBatches();
  const memory = new PaintMemory();
  const levels = (facts: PaintFacts): readonly number[] =>
    memory
      .paint(text.rows(), questionOf(text, { kind: 'top' }, { facts }))
      .stretches.map(({ paint }) => paint.level);
  expect(new Set(levels(factsOf('')))).toEqual(new Set([3]));
  text.edit({ offset: 30, removed: 0, inserted: 1 }, 'x');
  text.insert([[30, 31, 2, 100]]);
  expect(levels(factsOf('')).slice(9, 21)).toEqual([3, ...Array<number>(10).fill(0), 3]);
  const known = factsOf('', { maximum: (_, feature) => (feature === 1 ? 100 : undefined) });
  expect(levels(known).slice(8, 12)).toEqual([0, 0, 0, 0]);
});

test('where there is no room for all, what is near is painted, and said how far it goes', () => {
  const text = threeBatches();
  const paint = (near: number, most: number): string => {
    const question = questionOf(text, { kind: 'top' }, { near, most });
    const { start, end, stretches } = new PaintMemory().paint(text.rows(), question);
    return `${start}-${end}: ${stretches.length}`;
  };
  expect(paint(0, 10)).toBe('0-10: 10');
  expect(paint(15, 10)).toBe('10-20: 10');
  expect(paint(15, 11)).toBe('10-Infinity: 20');
  expect(paint(15, 30)).toBe('0-Infinity: 30');
  expect(paint(99, 10)).toBe('20-Infinity: 10');
});

const views: readonly View[] = [
  { kind: 'top' },
  { kind: 'merged' },
  { kind: 'feature', feature: { sae: oneSae, feature: featureIndex(1) } },
  { kind: 'pinned' },
  { kind: 'boundaries' },
];

test('whatever is typed and analysed, it is as if everything were painted afresh', () => {
  const token = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.nat(3), fc.integer({ min: 1, max: 9 }));
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('edit' as const),
      offset: fc.nat(60),
      removed: fc.nat(4),
      inserted: fc.nat(4),
      letter: fc.constantFrom('x', ' ', '\n'),
    }),
    fc.record({
      kind: fc.constant('batch' as const),
      start: fc.nat(60),
      tokens: fc.array(token, { minLength: 1, maxLength: 8 }),
    }),
    fc.record({ kind: fc.constant('paint' as const) }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...views),
      fc.boolean(),
      fc.array(step, { maxLength: 25 }),
      (view, isKnown, steps) => {
        const text = new Text(
          'one two\nthree four \n five six seven\neight nine ten eleven twelve',
        );
        const memory = new PaintMemory();
        const pinned = [1, 2].map((n, slot) => ({ sae: oneSae, feature: featureIndex(n), slot }));
        const facts = factsOf('', {
          pinned,
          maximum: (_, feature) => (isKnown || feature === 2 ? 12 : undefined),
        });
        for (const each of [...steps, { kind: 'paint' as const }]) {
          if (each.kind === 'edit') {
            const offset = Math.min(each.offset, text.text.length);
            const removed = Math.min(each.removed, text.text.length - offset);
            text.edit({ ...each, offset, removed }, each.letter);
          } else if (each.kind === 'batch')
            text.insert(rowsFrom(each.start, each.tokens, text.text));
          else {
            const { stretches } = memory.paint(text.rows(), questionOf(text, view, { facts }));
            const afresh = paintView(view, text.rows(), { ...facts, text: text.text });
            expect(inOrder(stretches)).toEqual(inOrder(afresh));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** Tokens one after the other; one of length 0 shares the last character with the one before. */
function rowsFrom(
  start: number,
  tokens: readonly (readonly [length: number, feature: number, activation: number])[],
  { length: textLength }: string,
): readonly Row[] {
  let at = start;
  const rows = tokens.map(([length, feature, activation]): Row => {
    const from = length === 0 && at > start ? at - 1 : at;
    at = from + Math.max(1, length);
    return [from, at, feature, activation];
  });
  return rows.filter(([, end]) => end <= textLength);
}

/** Marks of other pins come last in each piece. */
function inOrder(stretches: readonly Stretch[]): readonly string[] {
  return words(stretches).toSorted();
}
