import { expect, test } from 'vitest';
import { excerptOf } from '../../../webview/feature/excerpt.ts';

const tokens = ['One', ' day', ' a', ' fish', ' swam', ' away', '.'];
const example = { tokens, activations: Float32Array.from([0, 0, 0, 1, 4, 2, 0]), peak: 4 };

test('shows the tokens around the peak', () => {
  const { tokens: shown, isCutBefore, isCutAfter } = excerptOf(example, 1);
  expect(shown.map(({ text }) => text)).toEqual([' fish', ' swam', ' away']);
  expect(shown.map(({ activation }) => activation)).toEqual([1, 4, 2]);
  expect(shown.map(({ isPeak }) => isPeak)).toEqual([false, true, false]);
  expect([isCutBefore, isCutAfter]).toEqual([true, true]);
});

test('shows everything where there is room', () => {
  const all = excerptOf(example, Infinity);
  expect(all.tokens.map(({ text }) => text)).toEqual(tokens);
  expect([all.isCutBefore, all.isCutAfter]).toEqual([false, false]);
});

test('a character split over tokens has the largest activation of its parts', () => {
  const split = { tokens: ['a', '', '😀'], activations: Float32Array.from([0, 3, 1]), peak: 1 };
  expect(excerptOf(split, 5).tokens).toEqual([
    { text: 'a', activation: 0, isPeak: false },
    { text: '😀', activation: 3, isPeak: true },
  ]);
});

test('an example without tokens is empty', () => {
  const none = { tokens: [], activations: new Float32Array(0), peak: 0 };
  expect(excerptOf(none, 3)).toEqual({ tokens: [], isCutBefore: false, isCutAfter: false });
});
