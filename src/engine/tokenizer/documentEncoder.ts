// Encodes a document again and again as it is edited: only the text around a change is given to the tokenizer, and what
// comes out is joined to what is known where both agree. The result is that of `TextTokenizer.encode` of the whole text;
// where that cannot be told, more of the text is encoded, in the end all of it. A long text is encoded piece by piece,
// so that others get their turn and a cancelled call is gone on with.
import type { EncodedText, TextTokenizer } from './tokenizer.ts';
import { changeBetween, type TextChange } from './textChange.ts';
import { spliceTokens, type EncodedPart } from './spliceTokens.ts';

/** Texts up to this length are encoded whole, in UTF-16 units. */
const shortText = 1024;
/** A longer stretch of new text is encoded in pieces of this length. */
const pieceLength = 32_768;
/** Text encoded again on either side of a change at first; each further attempt takes four times as much. */
const firstMargin = 256;

interface Known {
  readonly text: string;
  readonly encoded: EncodedText;
}

const nothing: Known = {
  text: '',
  encoded: { ids: new Uint32Array(0), starts: new Uint32Array(0), ends: new Uint32Array(0) },
};

export class DocumentEncoder {
  readonly #tokenizer: Pick<TextTokenizer, 'encode' | 'isLocal'>;
  #known: Known = nothing;

  constructor(tokenizer: Pick<TextTokenizer, 'encode' | 'isLocal'>) {
    this.#tokenizer = tokenizer;
  }

  /**
   * As `TextTokenizer.encode`; the very same object when the text is the one of the last call.
   * @param breath called between two pieces; what was encoded before it throws is kept
   */
  async encode(text: string, breath: () => Promise<void>): Promise<EncodedText> {
    if (text === this.#known.text && text !== '') return this.#known.encoded;
    if (text.length <= shortText || !this.#tokenizer.isLocal) {
      return this.#keep(text, await this.#tokenizer.encode(text));
    }
    let known = this.#known;
    for (;;) {
      const change = changeBetween(known.text, text);
      const piece = endOfPiece(text, change.start + pieceLength);
      const isPiece = change.newEnd > piece;
      const next = isPiece ? text.slice(0, piece) : text;
      const encoded = await this.#change(
        known,
        next,
        isPiece ? toEnd(known, next, change) : change,
      );
      this.#keep(next, encoded);
      if (!isPiece) return encoded;
      known = { text: next, encoded };
      await breath();
    }
  }

  #keep(text: string, encoded: EncodedText): EncodedText {
    this.#known = { text, encoded };
    return encoded;
  }

  async #change(known: Known, text: string, change: TextChange): Promise<EncodedText> {
    for (let margin = firstMargin; ; margin *= 4) {
      const part = partAround(known.encoded, text, change, margin);
      if (part.start === 0 && part.end === text.length) return this.#tokenizer.encode(text);
      const encoded = await this.#tokenizer.encode(text.slice(part.start, part.end));
      const joined = spliceTokens(known.encoded, { ...part, encoded }, { text, change });
      if (joined !== undefined) return joined;
    }
  }
}

/** No half of a surrogate pair at the end. */
function endOfPiece(text: string, end: number): number {
  return isInsidePair(text, end) ? end + 1 : end;
}

function isInsidePair(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
}

/** Everything from the change on is new, whatever followed it before. */
function toEnd(known: Known, next: string, { start }: TextChange): TextChange {
  return { start, oldEnd: known.text.length, newEnd: next.length };
}

/** What is encoded again: `margin` units around the change, from one known token to another. */
function partAround(
  { starts }: EncodedText,
  text: string,
  { start, oldEnd, newEnd }: TextChange,
  margin: number,
): Omit<EncodedPart, 'encoded'> {
  const before = firstStartAfter(starts, start - margin) - 1;
  const behind = firstStartAfter(starts, oldEnd + margin);
  return {
    start: before <= 0 ? 0 : (starts[before] ?? 0),
    end: behind >= starts.length ? text.length : (starts[behind] ?? 0) - oldEnd + newEnd,
  };
}

/** Index of the first token that starts behind `offset`. */
function firstStartAfter(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
