import { expect, test } from 'vitest';
import {
  flowingPieces,
  joinSplitCharacters,
  tokenName,
  visibleToken,
} from '../../../webview/common/tokenText.ts';

const flowing = (text: string, breaks = false): string =>
  flowingPieces(text, breaks)
    .map(({ text: piece, isMark }) => (isMark ? `[${piece}]` : piece))
    .join('');

test.for([
  [' fish', ' fish'],
  ['\n\n"No', '[⏎][⏎]"No'],
  ['\r\n', '[␍][⏎]'],
  ['\tx', '[⇥]x'],
  ['a\u202eb\u2066', 'a[‹U+202E›]b[‹U+2066›]'],
  ['\u0000\u200b\ufeff', '[␀][‹U+200B›][‹U+FEFF›]'],
  ['👩🏽‍🚀 é 漢字 مرحبا', '👩🏽‍🚀 é 漢字 مرحبا'],
  ['', ''],
])('%j in running text', ([token = '', shown]) => {
  expect(flowing(token)).toBe(shown);
});

test('line ends end the line where breaks are wanted', () => {
  expect(flowing('a\nb', true)).toBe('a[⏎]\nb');
});

test.for([
  [' fish', '␣fish', 'fish'],
  ['  ', '␣␣', '␣␣'],
  ['\n', '⏎', '⏎'],
  ['.', '.', '.'],
  ['', '(part of a character)', '(part of a character)'],
  [' \u202e', '␣‹U+202E›', '‹U+202E›'],
])('%j alone and as a name', ([token = '', alone, name]) => {
  expect(visibleToken(token)).toBe(alone);
  expect(tokenName(token)).toBe(name);
});

test('tokens that split one character are shown as one', () => {
  expect(joinSplitCharacters(['a', '', '', '', '😀', 'b', '', ''])).toEqual([
    { text: 'a', members: [0] },
    { text: '😀', members: [1, 2, 3, 4] },
    { text: 'b', members: [5, 6, 7] },
  ]);
  expect(joinSplitCharacters(['', ''])).toEqual([]);
});
