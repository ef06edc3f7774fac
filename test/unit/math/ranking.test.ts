// Ranks and places of elements, against sorting, with many equal values among them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argmax, placesOf, rankOf } from '../../../src/engine/math/ranking.ts';

const values = fc
  .array(fc.constantFrom(-Infinity, -2, -1, 0, 1, 2.5), { minLength: 1, maxLength: 300 })
  .map((all) => Float32Array.from(all));

/** Largest first, of equal ones the lower index first. */
function sorted(x: Float32Array): number[] {
  return [...x.keys()].sort((a, b) => {
    const [first = NaN, second = NaN] = [x[a], x[b]];
    return first === second ? a - b : second - first;
  });
}

test('places are those of sorting, for few elements and for all', () => {
  fc.assert(
    fc.property(values, fc.nat(300), (x, count) => {
      const order = sorted(x);
      const indices = Uint32Array.from(order.slice(0, count)).sort();
      const places = placesOf(x, indices);
      expect([...places]).toEqual([...indices].map((index) => order.indexOf(index) + 1));
    }),
  );
});

test('equal elements share a rank, and the first of the largest is the maximum', () => {
  fc.assert(
    fc.property(values, (x) => {
      const order = sorted(x);
      expect(argmax(x)).toBe(order[0]);
      for (const index of x.keys()) {
        const larger = x.filter((value) => value > (x[index] ?? NaN)).length;
        expect(rankOf(x, index)).toBe(larger + 1);
      }
    }),
  );
});
