// A continuation as it is generated: its tokens, the text that is complete so far, and whether it has ended.
import type { Continuation, GeneratedToken } from '../../shared/engineProtocol.ts';
import { tokenId, type TokenId } from '../../shared/units.ts';
import type { StreamDecoder } from '../tokenizer/streamDecoder.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

export class GrowingText {
  readonly #eosIds: ReadonlySet<number>;
  readonly #decoder: StreamDecoder;
  readonly #tokens: TokenId[] = [];
  #text = '';
  #isEnded = false;

  constructor(tokenizer: TextTokenizer) {
    this.#eosIds = new Set(tokenizer.eosIds);
    this.#decoder = tokenizer.stream();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The token to feed next; after the end it only keeps the row's place in the batch. */
  get lastId(): number {
    return this.#tokens.at(-1) ?? 0;
  }

  /**
   * Adds a token, unless the text has ended or ends with it.
   * @param logProbability of this token in its place
   */
  take(id: number, logProbability: number): GeneratedToken | undefined {
    this.#isEnded ||= this.#eosIds.has(id);
    if (this.#isEnded) return undefined;
    const text = this.#decoder.push(id);
    this.#text += text;
    this.#tokens.push(tokenId(id));
    return { id: tokenId(id), text, logProbability };
  }

  finish(): Continuation {
    return { text: this.#text + this.#decoder.end(), tokens: this.#tokens };
  }
}
