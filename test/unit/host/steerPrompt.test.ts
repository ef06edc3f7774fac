import { expect, test } from 'vitest';
import {
  movedOffset,
  promptAround,
  promptBefore,
} from '../../../src/host/documents/steerPrompt.ts';

test('a short text before the cursor is taken whole, without the blank at its ends', () => {
  expect(promptBefore('\n  Once upon a time \n')).toBe('Once upon a time');
});

test.each([
  ['one two. Three four five', 20, 'Three four five'],
  ['aaaa bbbb cccc\ndddd eeee', 14, 'dddd eeee'],
  ['aaaa bbbb cccc dddd', 11, 'cccc dddd'],
  ['abcdefghijklmnop', 5, 'lmnop'],
])('a long one begins at a sentence, a line, a word: %j', (text, longest, expected) => {
  expect(promptBefore(text, longest)).toBe(expected);
});

test('with nothing before the cursor the first line is taken, and the result goes behind it', () => {
  const text = '\n\nLily had a cat. \nIt ran.';
  expect(promptAround(text, 0)).toEqual({ prompt: 'Lily had a cat.', end: 17 });
  expect(promptAround(text, text.length)).toEqual({
    prompt: 'Lily had a cat. \nIt ran.',
    end: text.length,
  });
  expect(promptAround(' \n ', 1).prompt).toBe('');
});

test.each([
  [{ offset: 12, removed: 3, inserted: 1 }, 10],
  [{ offset: 2, removed: 3, inserted: 1 }, 8],
  [{ offset: 8, removed: 9, inserted: 1 }, 9],
  [{ offset: 10, removed: 0, inserted: 4 }, 14],
])('an offset follows the edits: %j', (change, expected) => {
  expect(movedOffset(10, change)).toBe(expected);
});
