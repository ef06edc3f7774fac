import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StopStrings } from '../../../src/engine/steering/stopStrings.ts';
import { MonosemError } from '../../../src/shared/errors.ts';

/** Looks at every beginning of the text from the shortest. */
function referenceCut(text: string, stops: readonly string[]): number | undefined {
  for (let end = 1; end <= text.length; end++) {
    const complete = stops.filter((stop) => text.slice(0, end).endsWith(stop));
    if (complete.length > 0) return end - Math.max(...complete.map(({ length }) => length));
  }
  return undefined;
}

/** Tries every end of the text. */
function referenceHeld(text: string, stops: readonly string[]): number {
  const mayBegin = (tail: string): boolean => stops.some((stop) => stop.startsWith(tail));
  let held = 0;
  for (let length = 1; length <= text.length; length++)
    if (mayBegin(text.slice(-length))) held = length;
  return held;
}

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀'), maxLength: 6 });

test('stops where the text is to be cut, holds back what may begin a stop string, and no more', () => {
  const stops = fc.array(
    letters.filter((stop) => stop !== ''),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 12 }), stops, (pieces, strings) => {
      const matcher = new StopStrings(strings);
      let [text, shown] = ['', ''];
      for (const piece of pieces) {
        shown += matcher.push(piece);
        text += piece;
        const cut = referenceCut(text, strings);
        expect(matcher.cut).toBe(cut);
        expect(matcher.held).toBe(cut === undefined ? referenceHeld(text, strings) : 0);
        expect(shown).toBe(text.slice(0, cut ?? text.length - matcher.held));
      }
      expect(shown + matcher.end()).toBe(text.slice(0, matcher.cut));
      expect(matcher.held).toBe(0);
    }),
    { numRuns: 3000, seed: 11 },
  );
});

test('it does not matter in which pieces a text comes', () => {
  const text = 'One.\n\nUser: two\n\n\nUser: three';
  const stops = ['\nUser:', 'User: two', '\n\n\n'];
  for (let size = 1; size <= text.length; size++) {
    const matcher = new StopStrings(stops);
    let shown = '';
    for (let at = 0; at < text.length; at += size) shown += matcher.push(text.slice(at, at + size));
    expect(shown + matcher.end()).toBe('One.\n');
    expect(matcher.cut).toBe(5);
  }
});

describe('of several stop strings', () => {
  const cut = (text: string, ...stops: readonly string[]): number | undefined => {
    const matcher = new StopStrings(stops);
    matcher.push(text);
    return matcher.cut;
  };
  test('the one that is complete first counts, of those that end together the longest', () => {
    expect(cut('xabcd', 'abcd', 'bc')).toBe(2);
    expect(cut('xabc', 'bc', 'abc', 'c')).toBe(1);
    expect(cut('aabaab', 'aabaab', 'baa')).toBe(2);
    expect(cut('aaaab', 'aab')).toBe(2);
    expect(cut('abc', 'd')).toBeUndefined();
    expect(cut('abc')).toBeUndefined();
  });
});

test('nothing is added behind a stop string', () => {
  const matcher = new StopStrings(['##']);
  expect(matcher.push('a#')).toBe('a');
  expect(matcher.held).toBe(1);
  expect(matcher.push('#b')).toBe('');
  expect([matcher.push('more ##'), matcher.end(), matcher.cut, matcher.held]).toEqual([
    '',
    '',
    1,
    0,
  ]);
});

test.each([
  [
    '',
    'A stop string is empty, and every text would end at once; leave it out, or give the text to stop at.',
  ],
  [
    'a\ud83d',
    String.raw`The stop string "a\ud83d" holds half of a character; give whole characters.`,
  ],
])('%o is refused', (string, message) => {
  expect(() => new StopStrings(['fine', string])).toThrow(new MonosemError('badArgument', message));
});
