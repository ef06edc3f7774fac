// From the tokenizer's offsets to ranges of the text. The tokenizer counts Unicode code points; VS Code, and everything
// above this file, counts UTF-16 code units. Linear in the length of the text.

/** [tokens] UTF-16 offsets each. */
export interface TokenRanges {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Ranges that tile the text: a token begins where the one before it ended, or shares its range. Tokens share a range
 * when their offsets overlap (bytes of one character, or a space that the tokenizer adds in front of the first one)
 * or when they add no text of their own. Text that no token claims, such as spaces that a tokenizer trims from its
 * offsets, belongs to the token after it, at the end of the text to the last one; but marks that a normaliser has
 * composed with a letter belong to that letter, and what is left of such a cluster shares its range, for marks may have
 * changed places.
 * @param offsets [tokens] pairs of code-point offsets
 */
export function alignTokens(text: string, offsets: readonly (readonly number[])[]): TokenRanges {
  const toUtf16 = utf16Offsets(text);
  const starts = new Uint32Array(offsets.length);
  const ends = new Uint32Array(offsets.length);
  let start = 0;
  let end = 0;
  let firstOfRange = 0;
  offsets.forEach(([from = 0, to = 0], token) => {
    const claimed = toUtf16 === undefined ? to : (toUtf16[to] ?? text.length);
    const begins = toUtf16 === undefined ? from : (toUtf16[from] ?? text.length);
    if (claimed > end && begins >= end && end > start) {
      const marks = begins > end ? marksAt(text, end) : 0;
      const isWithin = marks > begins - end;
      end += Math.min(marks, begins - end);
      if (!isWithin) {
        ends.fill(end, firstOfRange, token);
        start = end;
        firstOfRange = token;
      }
    }
    end = Math.max(end, claimed);
    starts[token] = start;
  });
  ends.fill(text.length, firstOfRange);
  return { starts, ends };
}

/** Combining marks, and what composes as they do: letters of Hangul, voicing marks of half-width kana. */
const composable = /[\p{M}\u1160-\u11ff\ud7b0-\ud7ff\u3131-\u318e\uff9e\uff9f\uffa0-\uffdc]+/uy;

/** How many UTF-16 units of such marks stand at an offset. */
function marksAt(text: string, offset: number): number {
  composable.lastIndex = offset;
  return composable.exec(text)?.[0].length ?? 0;
}

/**
 * UTF-16 offset of every code point, and of the end; undefined where both counts agree. A lone surrogate is one code
 * point, which the tokenizer sees as U+FFFD.
 */
function utf16Offsets(text: string): Uint32Array | undefined {
  if (!/[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text)) return undefined;
  const offsets = new Uint32Array(text.length + 1);
  let codePoint = 0;
  for (let unit = 0; unit < text.length; codePoint++) {
    offsets[codePoint] = unit;
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  offsets[codePoint] = text.length;
  return offsets.subarray(0, codePoint + 1);
}
