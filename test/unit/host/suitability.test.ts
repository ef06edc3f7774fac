import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suitability } from '../../../src/host/documents/suitability.ts';

test('a text is long when its UTF-8 is above the limit, whatever it is made of', () => {
  const units = fc.constantFrom('a', 'é', '你', '😀', '\ud83d');
  const text = fc
    .array(fc.tuple(units, fc.integer({ min: 1, max: 700 })), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([unit, times]) => unit.repeat(times)).join(''));
  fc.assert(
    fc.property(text, (value) => {
      expect(suitability(value, 2).isLong).toBe(Buffer.byteLength(value) > 2048);
    }),
    { numRuns: 300, seed: 8 },
  );
});

test.each([
  ['a'.repeat(2048), false],
  ['a'.repeat(2049), true],
  ['你'.repeat(682) + 'ab', false],
  ['你'.repeat(682) + 'abc', true],
])('at the limit (%#)', (text, isLong) => {
  expect(suitability(text, 2)).toEqual({ isLong });
});
