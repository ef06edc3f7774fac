import { expect, test } from 'vitest';
import {
  counted,
  multipleText,
  numberText,
  percentText,
} from '../../../webview/common/numberText.ts';

test.for<[number, string]>([
  [0, '0'],
  [0.00042, '4e-4'],
  [0.034, '0.034'],
  [3.214, '3.21'],
  [12.34, '12.3'],
  [1204.4, '1204'],
  [-2.5, '−2.50'],
  [-0.000001, '−1e-6'],
  [Infinity, '∞'],
  [NaN, '–'],
])('number %f', ([value, text]) => {
  expect(numberText(value)).toBe(text);
});

test.for<[number, string]>([
  [0, '0%'],
  [0.000001, '<0.001%'],
  [0.00012, '0.012%'],
  [0.0034, '0.34%'],
  [0.034, '3.4%'],
  [0.34, '34%'],
  [0.9999, '>99.9%'],
  [1, '100%'],
  [NaN, '–'],
])('share %f', ([share, text]) => {
  expect(percentText(share)).toBe(text);
});

test.for<[number, string]>([
  [2, '2×'],
  [0.25, '0.25×'],
  [-1.5, '−1.5×'],
  [10, '10×'],
  [120.2, '120×'],
])('factor %f', ([factor, text]) => {
  expect(multipleText(factor)).toBe(text);
});

test('counts agree with their noun', () => {
  expect([counted(0, 'token'), counted(1, 'token'), counted(1200, 'token')]).toEqual([
    '0 tokens',
    '1 token',
    '1,200 tokens',
  ]);
});
