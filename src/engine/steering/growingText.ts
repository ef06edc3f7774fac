// A continuation as it is generated: its tokens, the text that is complete so far, and whether it has ended.
import type { Continuation, GeneratedText, GeneratedToken } from '../../shared/engineProtocol.ts';
import { tokenId, type TokenId } from '../../shared/units.ts';
import { TokenHistory } from '../math/tokenHistory.ts';
import type { StreamDecoder } from '../tokenizer/streamDecoder.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { StopStrings } from './stopStrings.ts';

export interface GrowingTextOptions {
  /** [T] ids in front of it. */
  readonly prompt: Uint32Array;
  readonly stop: readonly string[];
}

export class GrowingText {
  /** Of prompt and text. */
  readonly history: TokenHistory;
  readonly #eosIds: ReadonlySet<number>;
  readonly #decoder: StreamDecoder;
  readonly #stops: StopStrings;
  readonly #tokens: TokenId[] = [];
  #text = '';
  #end: Continuation['end'] = 'length';

  /** @throws MonosemError `badArgument` for a stop string that is none */
  constructor(tokenizer: TextTokenizer, { prompt, stop }: GrowingTextOptions) {
    this.#eosIds = new Set(tokenizer.eosIds);
    this.#decoder = tokenizer.stream();
    this.#stops = new StopStrings(stop);
    this.history = new TokenHistory(prompt);
  }

  get isEnded(): boolean {
    return this.#end !== 'length';
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
    if (!this.isEnded && this.#eosIds.has(id)) this.#end = 'endOfText';
    if (this.isEnded) return undefined;
    const text = this.#stops.push(this.#decoder.push(id));
    if (this.#stops.cut !== undefined) this.#end = 'stop';
    this.#text += text;
    this.#tokens.push(tokenId(id));
    this.history.add(id);
    return { id: tokenId(id), text, logProbability };
  }

  /** Takes what an earlier run has generated. */
  replay({ tokens, end }: GeneratedText): void {
    for (const id of tokens) this.take(id, NaN);
    if (!this.isEnded) this.#end = end;
  }

  finish(): Continuation {
    const rest = this.#stops.push(this.#decoder.end());
    return { text: this.#text + rest + this.#stops.end(), tokens: this.#tokens, end: this.#end };
  }
}
