// Turns generated ids into text one at a time. A character whose UTF-8 bytes are spread over several tokens appears
// with its last byte; until then nothing of it is shown. Concatenated, what it returns is the continuation.

/** Text of a few pieces at the start of a text. */
export type DecodePieces = (pieces: readonly string[]) => string;

/** What a decoder writes for bytes that are no UTF-8, or not yet. */
const replacement = '\uFFFD';
/** The longest UTF-8 sequence, in bytes and so in tokens: after that, the bytes are wrong and not incomplete. */
const longestSequence = 4;

export interface StreamDecoderParts {
  /** The vocabulary's piece for an id; undefined for an id that has none. */
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
  #held: string[] = [];

  constructor(parts: StreamDecoderParts) {
    this.#parts = parts;
    this.#contextLength = this.#decode([]).length;
  }

  /** @returns the text that became complete with this token, often '' */
  push(id: number): string {
    const piece = this.#parts.pieceOf(id);
    if (piece !== undefined) this.#held.push(piece);
    const text = this.#heldText();
    if (text.endsWith(replacement) && this.#held.length < longestSequence) return '';
    this.#held = [];
    return text;
  }

  /** @returns what was still held back, U+FFFD for bytes that never became a character */
  end(): string {
    const text = this.#heldText();
    this.#held = [];
    return text;
  }

  #heldText(): string {
    return this.#held.length === 0 ? '' : this.#decode(this.#held).slice(this.#contextLength);
  }

  #decode(pieces: readonly string[]): string {
    const { context, decode } = this.#parts;
    return decode(context === undefined ? pieces : [context, ...pieces]);
  }
}
