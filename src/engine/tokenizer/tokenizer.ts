// Text to token ids with their places in the text, and back. Wraps the `tokenizers` binding; BOS is never part of an
// encoded text, whoever runs the model decides about it.
import path from 'node:path';
import { Tokenizer } from 'tokenizers';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { readTextFile } from '../files/files.ts';
import { alignTokens } from './align.ts';
import { readSpecialIds, type SpecialIds } from './specialIds.ts';
import { StreamDecoder } from './streamDecoder.ts';

export interface EncodedText {
  /** [T] ids in the vocabulary, without BOS. */
  readonly ids: Uint32Array;
  /** [T] UTF-16 offsets into the text; they tile it, see `alignTokens`. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export class TextTokenizer {
  readonly bosId: number | undefined;
  /** Ids after which a continuation is over; may be empty. */
  readonly eosIds: readonly number[];
  readonly #tokenizer: Tokenizer;
  readonly #neverShown: ReadonlySet<number>;

  /**
   * Reads tokenizer.json, and the ids of BOS and EOS from the JSON files beside it.
   * @throws MonosemError `fileMissing` or `fileDamaged`
   */
  static async load(folder: string): Promise<TextTokenizer> {
    const file = path.join(folder, 'tokenizer.json');
    const json = await readTextFile(file, 'The tokenizer');
    const tokenizer = parseTokenizer(json, file);
    tokenizer.disableTruncation();
    tokenizer.disablePadding();
    const idOf = (token: string): number | undefined => tokenizer.tokenToId(token) ?? undefined;
    return new TextTokenizer(tokenizer, await readSpecialIds(folder, idOf));
  }

  private constructor(tokenizer: Tokenizer, special: SpecialIds) {
    this.#tokenizer = tokenizer;
    this.bosId = special.bosId;
    this.eosIds = special.eosIds;
    this.#neverShown = new Set(
      special.bosId === undefined ? special.eosIds : [special.bosId, ...special.eosIds],
    );
  }

  async encode(text: string): Promise<EncodedText> {
    const encoding = await this.#tokenizer.encode(text, null, { addSpecialTokens: false });
    return {
      ids: Uint32Array.from(encoding.getIds()),
      ...alignTokens(text, encoding.getOffsets()),
    };
  }

  /** The text of ids that begin a text; BOS and EOS have none. */
  async decode(ids: Iterable<number>): Promise<string> {
    const shown = [...ids].filter((id) => !this.#neverShown.has(id));
    return this.#tokenizer.decode(shown, true);
  }

  /** Decodes a continuation, id by id. */
  stream(): StreamDecoder {
    const decoder = this.#tokenizer.getDecoder();
    return new StreamDecoder({
      pieceOf: (id) => this.pieceOf(id),
      decode: (pieces) => decoder?.decode([...pieces]) ?? pieces.join(''),
      context: this.#tokenizer.tokenToId('a') === null ? undefined : 'a',
    });
  }

  /** The vocabulary's own spelling of a token, e.g. `▁upon` or `<0x0A>`. */
  pieceOf(id: number): string | undefined {
    return this.#tokenizer.idToToken(id) ?? undefined;
  }
}

function parseTokenizer(json: string, file: string): Tokenizer {
  try {
    return Tokenizer.fromString(json);
  } catch (cause) {
    throw new MonosemError(
      'fileDamaged',
      `${file} is not a complete tokenizer file (${messageOf(cause)}); download it again with the model it belongs to.`,
      { cause },
    );
  }
}
