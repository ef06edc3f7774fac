import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paints } from '../../../../src/host/display/painting/paint.ts';
import type { Paint } from '../../../../src/host/display/painting/paint.ts';
import { SentRanges } from '../../../../src/host/display/painting/sentRanges.ts';
import type { Ranges } from '../../../../src/host/display/painting/sentRanges.ts';
import type { Stretch } from '../../../../src/host/display/painting/stretches.ts';
import { movedOffset } from '../../../../src/host/documents/steerPrompt.ts';

const [red, blue] = [paints.heat(0), paints.heat(1)];

const stretch = (start: number, end: number, paint: Paint): Stretch => ({
  start,
  end,
  paint,
  strength: 1,
});

const sent = (differing: ReadonlyMap<Paint, Ranges>): readonly (readonly [Paint, Ranges])[] => [
  ...differing,
];

test('only what is different is sent, and what is gone is cleared', () => {
  const ranges = new SentRanges();
  const all = [stretch(0, 2, red), stretch(2, 4, blue), stretch(4, 6, red)];
  expect(sent(ranges.update(all))).toEqual([
    [red, [0, 2, 4, 6]],
    [blue, [2, 4]],
  ]);
  expect(sent(ranges.update(all))).toEqual([]);
  expect(sent(ranges.update(all.slice(0, 2)))).toEqual([[red, [0, 2]]]);
  expect(sent(ranges.update(all.slice(0, 1)))).toEqual([[blue, []]]);
  expect(sent(ranges.update(all.slice(0, 1)))).toEqual([]);
});

test('ranges move with the text, and only paints that an edit touches are sent again', () => {
  const ranges = new SentRanges();
  ranges.update([stretch(0, 4, red), stretch(5, 8, blue)]);
  ranges.settle(ranges.turn);
  ranges.edit({ offset: 6, removed: 0, inserted: 3 });
  expect(sent(ranges.update([stretch(0, 4, red), stretch(5, 11, blue)]))).toEqual([
    [blue, [5, 11]],
  ]);
  ranges.settle(ranges.turn);
  ranges.edit({ offset: 4, removed: 0, inserted: 1 });
  // VS Code may have let the first range grow or not: nothing is taken for granted.
  expect(sent(ranges.update([stretch(0, 4, red), stretch(6, 12, blue)]))).toEqual([[red, [0, 4]]]);
});

test('what may still be on its way when an edit comes is sent again', () => {
  const ranges = new SentRanges();
  ranges.update([stretch(0, 4, red)]);
  ranges.edit({ offset: 10, removed: 0, inserted: 1 });
  expect(sent(ranges.update([stretch(0, 4, red)]))).toEqual([[red, [0, 4]]]);
});

test('after a clearing nothing counts as sent', () => {
  const ranges = new SentRanges();
  ranges.update([stretch(0, 4, red)]);
  ranges.clear();
  expect(sent(ranges.update([stretch(0, 4, red)]))).toEqual([[red, [0, 4]]]);
});

/** An editor as VS Code is: takes what is sent and moves it with the text; touched ranges end up anywhere. */
class Editor {
  readonly shown = new Map<Paint, readonly (readonly [start: number, end: number])[]>();

  take(differing: ReadonlyMap<Paint, Ranges>): void {
    for (const [paint, ranges] of differing) {
      const pairs = ranges.flatMap((start, n) =>
        n % 2 === 0 ? [[start, ranges[n + 1] ?? 0] as const] : [],
      );
      this.shown.set(paint, pairs);
    }
  }

  edit(change: { offset: number; removed: number; inserted: number }): void {
    for (const [paint, pairs] of this.shown) {
      const moved = pairs.map(([start, end]): readonly [number, number] => {
        if (end < change.offset) return [start, end];
        const isBehind = start > change.offset + change.removed;
        return isBehind ? [movedOffset(start, change), movedOffset(end, change)] : [-1, -1];
      });
      this.shown.set(paint, moved);
    }
  }
}

test('whatever is typed, painted and overtaken, the editor ends up with what was wanted', () => {
  const pieces = fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.boolean()), { maxLength: 12 });
  const change = fc.record({ offset: fc.nat(40), removed: fc.nat(5), inserted: fc.nat(5) });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('paint' as const), pieces }),
    fc.record({ kind: fc.constant('edit' as const), change, isOvertaking: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), pieces, (steps, last) => {
      const ranges = new SentRanges();
      const editor = new Editor();
      let onItsWay: (readonly [ReadonlyMap<Paint, Ranges>, number])[] = [];
      const arrive = (): void => {
        for (const [differing, turn] of onItsWay) {
          editor.take(differing);
          ranges.settle(turn);
        }
        onItsWay = [];
      };
      const paint = (of: typeof last): readonly Stretch[] => {
        const wanted = stretchesOf(of);
        const differing = ranges.update(wanted);
        const copies = [...differing].map(([paint, all]) => [paint, [...all]] as const);
        onItsWay.push([new Map(copies), ranges.turn]);
        return wanted;
      };
      for (const each of steps) {
        if (each.kind === 'paint') paint(each.pieces);
        else {
          if (!each.isOvertaking) arrive();
          editor.edit(each.change);
          ranges.edit(each.change);
          arrive();
        }
      }
      const wanted = paint(last);
      arrive();
      for (const colour of [red, blue]) {
        const expected = wanted
          .filter((each) => each.paint === colour)
          .map(({ start, end }) => [start, end]);
        expect(editor.shown.get(colour) ?? []).toEqual(expected);
      }
    }),
  );
});

function stretchesOf(pieces: readonly (readonly [number, number, boolean])[]): readonly Stretch[] {
  let at = 0;
  return pieces.map(([gap, length, isRed]) => {
    const start = at + gap;
    at = start + length + 1;
    return stretch(start, at, isRed ? red : blue);
  });
}
