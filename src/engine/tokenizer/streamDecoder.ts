// Turns generated ids into text one at a time. A character whose UTF-8 bytes are spread over several tokens appears
// with its last byte; until then nothing of it is shown. Concatenated, what it returns is the continuation.

/** Text of a few pieces at the start of a text. */
export type DecodePieces = (pieces: readonly string[]) => string;

/** What a decoder writes for bytes that are no UTF-8, or not yet. */
const replacement = '\uFFFD';
/** The longest UTF-8 sequence, in bytes and so in tokens: after that, the bytes are wrong and not incomplete. */
const longestSequence = 4;

export interface StreamDecoderParts {
  /** The vocabulary's piece for an id; undefined for an id that shows nothing. */
  readonly pieceOf: (id: number) => string | undefined;
  readonly decode: DecodePieces;
  /**
   * An ordinary piece put in front of everything that is decoded, because decoders drop a leading space at the start of
   * a text, and what is decoded here continues one.
   */
  readonly context: string | undefined;
}

export class StreamDecoder {
  readonly #parts: StreamDecoderParts;
  readonly #contextLength: number;
  /** Pieces of the character that is not complete; the first may begin with text that was given out. */
  #held: string[] = [];
  /** How much of the text of `held` was given out. */
  #given = 0;

  constructor(parts: StreamDecoderParts) {
    this.#parts = parts;
    this.#contextLength = this.#decode([]).length;
  }

  /** @returns the text that became complete with this token, often '' */
  push(id: number): string {
    const piece = this.#parts.pieceOf(id);
    if (piece === undefined) return '';
    this.#held.push(piece);
    const text = this.#heldText();
    if (!text.endsWith(replacement)) return this.#giveAll(text);
    if (text.replaceAll(replacement, '') !== '') return this.#giveBefore(piece, text);
    return this.#held.length < longestSequence ? '' : this.#giveFirst(text);
  }

  /** @returns what was still held back, U+FFFD for bytes that never became a character */
  end(): string {
    return this.#giveAll(this.#heldText());
  }

  #giveAll(text: string): string {
    this.#held = [];
    this.#given = 0;
    return text;
  }

  /** The last piece ended a character and began another. */
  #giveBefore(piece: string, text: string): string {
    this.#held = [piece];
    this.#given = 0;
    this.#given = Math.max(0, this.#heldText().length - replacement.length);
    return text.slice(0, -replacement.length);
  }

  /** The oldest piece can no longer become part of a character. */
  #giveFirst(text: string): string {
    this.#held.shift();
    this.#given = 0;
    return text.slice(0, Math.max(0, text.length - this.#heldText().length));
  }

  #heldText(): string {
    if (this.#held.length === 0) return '';
    return this.#decode(this.#held).slice(this.#contextLength + this.#given);
  }

  #decode(pieces: readonly string[]): string {
    const { context, decode } = this.#parts;
    return decode(context === undefined ? pieces : [context, ...pieces]);
  }
}
