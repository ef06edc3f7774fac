import { expect, it, test } from 'vitest';
import { readAmounts } from '../../../src/cli/amounts.ts';

test('a range holds both ends, and is symmetric about 0', () => {
  expect(readAmounts('-10..10/9')).toEqual([-10, -7.5, -5, -2.5, 0, 2.5, 5, 7.5, 10]);
  expect(readAmounts('0..1/2')).toEqual([0, 1]);
  const tenths = readAmounts('-.3..0.3/7');
  expect(tenths.map((amount) => 0 - amount).reverse()).toEqual(tenths);
  expect(tenths[3]).toBe(0);
});

test('a list is taken as it is', () => {
  expect(readAmounts('-5, 0,5e-1')).toEqual([-5, 0, 0.5]);
  expect(readAmounts('2')).toEqual([2]);
});

it.each(['', 'x', '1,', '1..2', '1..2/1', '1..2/0', '1..2/x', '1,,2', '1e999', 'Infinity'])(
  'refuses "%s"',
  (text) => {
    expect(() => readAmounts(text)).toThrow(/--amounts takes a range .* not "/);
  },
);
