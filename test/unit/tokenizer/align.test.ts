import fc from 'fast-check';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { alignTokens } from '../../../src/engine/tokenizer/align.ts';
import { TextTokenizer, type EncodedText } from '../../../src/engine/tokenizer/tokenizer.ts';

const folder = path.join(import.meta.dirname, '..', '..', '..', 'models', 'stories15M');

describe('alignTokens', () => {
  const check = (text: string, offsets: number[][], expected: string[]): void => {
    const { starts, ends } = alignTokens(text, offsets);
    expect(offsets.map((_, i) => text.slice(starts[i], ends[i]))).toEqual(expected);
  };

  test('code points become UTF-16 units', () => {
    check(
      'a😀b',
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      ['a', '😀', 'b'],
    );
  });
  test('parts of one character share its range', () => {
    check(
      'é😀!',
      [
        [0, 1],
        [1, 2],
        [1, 2],
        [1, 2],
        [2, 3],
      ],
      ['é', '😀', '😀', '😀', '!'],
    );
  });
  test('tokens that overlap share all they cover', () => {
    check(
      '你好!',
      [
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 3],
      ],
      ['你好', '你好', '你好', '!'],
    );
  });
  test('text that no token claims goes to the next token, at the end to the last', () => {
    check(
      'a  b ',
      [
        [0, 1],
        [3, 4],
      ],
      ['a', '  b '],
    );
  });
  test('marks that were composed with a letter belong to it, whatever follows', () => {
    check(
      'e\u0301 q\u0301\u0323 x',
      [
        [0, 1],
        [2, 4],
        [4, 5],
        [5, 6],
        [6, 8],
      ],
      ['e\u0301', ' q', '\u0301', '\u0323', ' x'],
    );
    check(
      '\u1112\u1161\u11ab\u1100\u116e',
      [
        [0, 1],
        [0, 1],
        [3, 4],
      ],
      ['\u1112\u1161\u11ab', '\u1112\u1161\u11ab', '\u1100\u116e'],
    );
  });
  test('where marks have changed places, all of the cluster is one range', () => {
    check(
      'xe\u0301\u0323y',
      [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
      ],
      ['x', 'e\u0301\u0323', 'e\u0301\u0323', 'y'],
    );
  });
  test('at the end all parts of the last character get the rest', () => {
    check(
      'a😀 ',
      [
        [0, 1],
        [1, 2],
        [1, 2],
      ],
      ['a', '😀 ', '😀 '],
    );
  });
  test('a lone surrogate is one code point', () => {
    check(
      '\ud800x\udc00',
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      ['\ud800', 'x', '\udc00'],
    );
  });
  test('no tokens', () => {
    check('', [], []);
  });
});

/** What a token must be worth: its bytes, or the text of its piece. */
function bytesOf(piece: string): number[] {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
  return byte === undefined
    ? [...new TextEncoder().encode(piece.replaceAll('▁', ' '))]
    : [parseInt(byte, 16)];
}

describe('ranges of the default tokenizer', () => {
  let tokenizer: TextTokenizer;
  beforeAll(async () => {
    tokenizer = await TextTokenizer.load(folder);
  }, 60_000);

  function checkTiling(text: string, { starts, ends }: EncodedText): void {
    let [start, end] = [0, 0];
    starts.forEach((next, i) => {
      if (next !== start) expect(next).toBe(end);
      [start, end] = [next, ends[i] ?? NaN];
      expect(end).toBeGreaterThanOrEqual(start);
    });
    expect(end).toBe(text.length);
  }

  /** Tokens that share a range hold exactly the UTF-8 bytes of it; the first one also holds the added space. */
  function checkContent(text: string, { ids, starts, ends }: EncodedText): void {
    let i = 0;
    while (i < ids.length) {
      const [start, end] = [starts[i] ?? 0, ends[i] ?? 0];
      const bytes: number[] = [];
      const isFirst = i === 0;
      for (; i < ids.length && starts[i] === start && ends[i] === end; i++) {
        bytes.push(...bytesOf(tokenizer.pieceOf(ids[i] ?? 0) ?? ''));
      }
      const expected = [...new TextEncoder().encode(text.slice(start, end))];
      expect(bytes).toEqual(isFirst ? [0x20, ...expected] : expected);
    }
  }

  async function check(text: string): Promise<void> {
    const encoded = await tokenizer.encode(text);
    checkTiling(text, encoded);
    checkContent(text, encoded);
  }

  test.each([
    'Plain words, with commas.',
    'emoji 😀 family 👩‍👩‍👧‍👦 flag 🏳️‍🌈 end',
    'windows\r\nlines\r\n\r\nand\ttabs\t\t',
    '你好，世界！日本語と한국어',
    'combining e\u0301 o\u0308\u0323 and \u0301 alone',
    'right to left: שלום עולم مرحبا',
    '\ufeffbyte order mark',
    ' leading space',
    '𝔘𝔫𝔦 𠮷',
    'lone \ud83d surrogate \ude00 halves',
    '',
  ])('%j', check);

  test('any text', async () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\r\n', '\t', ' ', '  ', '😀', '\ud83d', '\udc00', 'é', 'e\u0301', '你', '▁'),
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    // A literal ▁ and a space become the same token; which of the two it was is not in the token.
    const checkable = text.filter((value) => !value.includes('▁'));
    await fc.assert(fc.asyncProperty(checkable, check), { numRuns: 120 });
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        checkTiling(value, await tokenizer.encode(value));
      }),
      { numRuns: 60 },
    );
  });
});
