// Which tokens an edit touches, on a sequence of a prompt of 4 tokens and 4 more.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { touchesOf, type SequenceFacts } from '../../../src/engine/steering/positions.ts';
import type { EditPositions, PositionRange } from '../../../src/shared/engineProtocol.ts';

const bos = 1;
const mark = 2;
const ids = [bos, 10, mark, 11, 12, mark, 10, 13];
const facts: SequenceFacts = { promptLength: 4, specialIds: new Set([bos, mark]) };

/** The touched positions. */
function touched(positions: EditPositions): number[] {
  const touches = touchesOf(positions, facts);
  return ids.flatMap((id, position) => (touches(position, id) ? [position] : []));
}

describe('touchesOf', () => {
  it.each<[EditPositions, number[]]>([
    [{}, [0, 1, 2, 3, 4, 5, 6, 7]],
    [{ scope: 'all' }, [0, 1, 2, 3, 4, 5, 6, 7]],
    [{ scope: 'prompt' }, [0, 1, 2, 3]],
    [{ scope: 'generated' }, [4, 5, 6, 7]],
    [{ skipSpecial: false }, [0, 1, 2, 3, 4, 5, 6, 7]],
    [{ skipSpecial: true }, [1, 3, 4, 6, 7]],
    [{ ranges: [] }, []],
    [{ ranges: [{ from: 0, to: 1 }] }, [0]],
    [{ ranges: [{ from: 6 }] }, [6, 7]],
    [{ ranges: [{ from: 6, to: 99 }] }, [6, 7]],
    [{ ranges: [{ from: 99 }] }, []],
    [
      {
        ranges: [
          { from: 5, to: 7 },
          { from: 1, to: 3 },
          { from: 2, to: 4 },
        ],
      },
      [1, 2, 3, 5, 6],
    ],
    [{ scope: 'generated', ranges: [{ from: 2, to: 6 }], skipSpecial: true }, [4]],
  ])('%o', (positions, expected) => {
    expect(touched(positions)).toEqual(expected);
  });

  it('asks for everything that is given at once', () => {
    const range: fc.Arbitrary<PositionRange> = fc.oneof(
      fc.record({ from: fc.nat(8) }),
      fc
        .record({ from: fc.nat(8), length: fc.integer({ min: 1, max: 8 }) })
        .map(({ from, length }) => ({ from, to: from + length })),
    );
    const parts = fc.record({
      scope: fc.constantFrom('all' as const, 'prompt' as const, 'generated' as const),
      ranges: fc.array(range, { maxLength: 3 }),
      skipSpecial: fc.boolean(),
    });
    fc.assert(
      fc.property(parts, ({ scope, ranges, skipSpecial }) => {
        const [byScope, byRanges, bySpecial] = [{ scope }, { ranges }, { skipSpecial }].map(
          (part) => new Set(touched(part)),
        );
        expect(touched({ scope, ranges, skipSpecial })).toEqual(
          [...(byScope ?? [])].filter((at) => byRanges?.has(at) && bySpecial?.has(at)),
        );
        const single = ranges.flatMap((one) => touched({ ranges: [one] }));
        expect(byRanges).toEqual(new Set(single));
      }),
      { seed: 3 },
    );
  });

  it.each<PositionRange>([
    { from: -1 },
    { from: 0.5 },
    { from: NaN },
    { from: Infinity },
    { from: 3, to: 3 },
    { from: 3, to: 2 },
    { from: 3, to: 4.5 },
    { from: 3, to: Infinity },
    { from: 3, to: NaN },
  ])('refuses %o', (range) => {
    expect(() => touchesOf({ ranges: [{ from: 0 }, range] }, facts)).toThrow(
      expect.objectContaining({
        code: 'badEdit',
        message: `The positions ${range.from} to ${range.to ?? 'the end'} are no range; give two whole numbers from 0, the second one larger.`,
      }),
    );
  });
});
