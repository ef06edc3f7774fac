import { afterEach, expect, test } from 'vitest';
import { useTranslation } from '../../../src/shared/l10n.ts';
import {
  countText,
  factorText,
  figureText,
  multipleText,
  numberText,
  percentText,
  signedText,
} from '../../../src/shared/numberText.ts';

afterEach(() => {
  useTranslation(() => undefined);
});

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

test('a change has its sign', () => {
  expect([0.42, -0.42, 0].map(signedText)).toEqual(['+0.42', '−0.42', '0']);
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
  expect(`${factorText(factor)}×`).toBe(text);
});

test.for<[number, string]>([
  [0, '0'],
  [2.1234, '2.12'],
  [30.25, '30.3'],
  [50, '50'],
  [1234.5, '1230'],
  [2.34e-7, '2.34e-7'],
  [1e9, '1e9'],
  [-0.5, '-0.5'],
  [NaN, '–'],
])('figure %f', ([value, text]) => {
  expect(figureText(value)).toBe(text);
});

test('counts are grouped', () => {
  expect(countText(1_482_113)).toBe('1,482,113');
});

test('signs are those of the language', () => {
  useTranslation(() => undefined, 'de');
  expect([countText(1200), numberText(3.2), multipleText(0.25), figureText(2.34e-7)]).toEqual([
    '1.200',
    '3,20',
    '0,25×',
    '2,34e-7',
  ]);
  expect([percentText(0.034), percentText(0.0000001)]).toEqual(['3,4\u00A0%', '<0,001\u00A0%']);
});
