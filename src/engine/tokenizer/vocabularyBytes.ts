// What a single token of the vocabulary stands for: its bytes, and a text to show for it. A token may be a part of a
// character, so bytes are the truth and the text is for people. Which spelling a vocabulary uses is asked of its decoder.

export interface VocabularyParts {
  /** The vocabulary's own spelling; undefined for ids outside of it. */
  readonly pieceOf: (id: number) => string | undefined;
  /** Special tokens stand for their own names. */
  readonly isSpecial: (id: number) => boolean;
  /** Text of pieces at the start of a text; absent where a tokenizer has no decoder and pieces are words. */
  readonly decode?: (pieces: readonly string[]) => string;
  /** An ordinary piece, put in front because decoders drop a leading space at the start of a text. */
  readonly context: string | undefined;
}

/** How byte-level vocabularies spell a line feed. */
const byteLevelNewline = '\u010A';
const byteFallback = /^<0x([0-9A-F]{2})>$/i;

export class VocabularyBytes {
  readonly #parts: VocabularyParts;
  readonly #isByteLevel: boolean;
  readonly #hasByteFallback: boolean;

  constructor(parts: VocabularyParts) {
    this.#parts = parts;
    const { decode, context = '' } = parts;
    this.#isByteLevel = decode?.([byteLevelNewline]) === '\n';
    this.#hasByteFallback = decode?.([context, '<0x0A>']).endsWith('\n') === true;
  }

  /** UTF-8 bytes of a token behind other text, often part of a character; none for an id outside the vocabulary. */
  bytesOf(id: number): Uint8Array {
    const piece = this.#parts.pieceOf(id);
    if (piece === undefined) return new Uint8Array(0);
    if (this.#parts.isSpecial(id)) return utf8(piece);
    if (this.#isByteLevel) return byteLevelBytes(piece) ?? utf8(piece);
    const [, hex] = byteFallback.exec(piece) ?? [];
    if (hex !== undefined && this.#hasByteFallback) return Uint8Array.of(parseInt(hex, 16));
    return utf8(this.#textBehindContext(piece));
  }

  /** The text of a token; bytes that are no whole character as `\xE2`. Empty for an id outside the vocabulary. */
  textOf(id: number): string {
    return displayText(this.bytesOf(id));
  }

  #textBehindContext(piece: string): string {
    const { decode, context } = this.#parts;
    if (decode === undefined) return piece;
    if (context === undefined) return decode([piece]);
    return decode([context, piece]).slice(decode([context]).length);
  }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** @returns nothing for a piece that is not spelt in the 256 characters of byte-level vocabularies */
function byteLevelBytes(piece: string): Uint8Array | undefined {
  const bytes = Array.from(piece, (character) => byteOfCharacter.get(character));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : undefined;
}

/** A byte that Latin-1 shows as a character is spelt so, the others in order from U+0100 on (GPT-2's table). */
const byteOfCharacter: ReadonlyMap<string, number> = byteCharacters();

function byteCharacters(): Map<string, number> {
  const characters = new Map<string, number>();
  let hidden = 0;
  for (let byte = 0; byte < 256; byte++) {
    const isShown = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    characters.set(String.fromCodePoint(isShown ? byte : 0x100 + hidden++), byte);
  }
  return characters;
}

function displayText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const text = Array.from(bytes, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase()}`,
    );
    return text.join('');
  }
}
