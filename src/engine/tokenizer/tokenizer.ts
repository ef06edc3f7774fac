// Text to token ids with their places in the text, and back. Wraps the `tokenizers` binding; BOS is never part of an
// encoded text, whoever runs the model decides about it.
import path from 'node:path';
import { Tokenizer } from 'tokenizers';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { exists, readTextFile } from '../files/files.ts';
import { specialTokenIds } from './addedTokens.ts';
import { alignTokens } from './align.ts';
import { readSpecialIds, type SpecialIds } from './specialIds.ts';
import { StreamDecoder } from './streamDecoder.ts';
import { VocabularyBytes } from './vocabularyBytes.ts';

export interface EncodedText {
  /** [T] ids in the vocabulary, without BOS. */
  readonly ids: Uint32Array;
  /** [T] UTF-16 offsets into the text; they tile it, see `alignTokens`. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Pieces that stand for a letter in nearly every vocabulary; see `StreamDecoderParts.context`. */
const ordinaryPieces = ['a', 'e', '0', '▁a', '▁the', 'Ġa', 'Ġthe', '▁'];

export class TextTokenizer {
  /** What begins a text for this model, whether or not its tokenizer puts it there. */
  readonly bosId: number | undefined;
  /** The tokenizer puts BOS in front of a text by itself, as in training. */
  readonly startsWithBos: boolean;
  /** Ids after which a continuation is over; may be empty. */
  readonly eosIds: readonly number[];
  /** Tokens that stand for no text: BOS, EOS, marks of a chat template and all that tokenizer.json calls special. */
  readonly specialIds: ReadonlySet<number>;
  /** How a text is cut depends on what is near only, so that parts of it can be encoded by themselves. */
  readonly isLocal: boolean;
  readonly #tokenizer: Tokenizer;
  readonly #bytes: VocabularyBytes;

  /**
   * Reads tokenizer.json, and the ids of BOS and EOS from the JSON files beside it.
   * @throws MonosemError `fileMissing` or `fileDamaged`
   */
  static async load(folder: string): Promise<TextTokenizer> {
    const file = path.join(folder, 'tokenizer.json');
    if (!(await exists(file))) throw await noTokenizerJson(folder);
    const json = await readTextFile(file, 'The tokenizer');
    const tokenizer = parseTokenizer(json, file);
    tokenizer.disableTruncation();
    tokenizer.disablePadding();
    const ids = await readSpecialIds(folder, {
      idOf: (token) => tokenizer.tokenToId(token) ?? undefined,
      prefix: await prefixOf(tokenizer),
    });
    return new TextTokenizer(tokenizer, ids, json);
  }

  private constructor(tokenizer: Tokenizer, ids: SpecialIds, json: string) {
    this.#tokenizer = tokenizer;
    this.bosId = ids.bosId;
    this.startsWithBos = ids.startsWithBos;
    this.eosIds = ids.eosIds;
    const ends = ids.bosId === undefined ? ids.eosIds : [ids.bosId, ...ids.eosIds];
    this.specialIds = new Set([...specialTokenIds(json), ...ends]);
    this.isLocal = cutsLocally(json);
    const decoder = tokenizer.getDecoder();
    this.#bytes = new VocabularyBytes({
      pieceOf: (id) => this.pieceOf(id),
      isSpecial: (id) => this.specialIds.has(id),
      context: this.#context(),
      ...(decoder === null ? {} : { decode: (pieces) => decoder.decode([...pieces]) }),
    });
  }

  /**
   * As `tokenizer(text, add_special_tokens=False)` of transformers: the name of a special token that stands in the
   * text is that token. A rendered chat template needs it so, and a document that shows such names is seen as the model
   * would see it.
   */
  async encode(text: string): Promise<EncodedText> {
    const encoding = await this.#tokenizer.encode(text, null, { addSpecialTokens: false });
    return {
      ids: Uint32Array.from(encoding.getIds()),
      ...alignTokens(text, encoding.getOffsets()),
    };
  }

  /** The text of ids that begin a text; special tokens, BOS and EOS have none. */
  async decode(ids: Iterable<number>): Promise<string> {
    const shown = [...ids].filter((id) => !this.specialIds.has(id));
    return this.#tokenizer.decode(shown, true);
  }

  /** Decodes a continuation, id by id; what `decode` leaves out shows nothing here either. */
  stream(): StreamDecoder {
    const decoder = this.#tokenizer.getDecoder();
    return new StreamDecoder({
      pieceOf: (id) => (this.specialIds.has(id) ? undefined : this.pieceOf(id)),
      // Without a decoder, pieces are words.
      decode: (pieces) => decoder?.decode([...pieces]) ?? pieces.join(' '),
      context: this.#context(),
    });
  }

  /** The vocabulary's own spelling of a token, e.g. `▁upon` or `<0x0A>`. */
  pieceOf(id: number): string | undefined {
    return this.#tokenizer.idToToken(id) ?? undefined;
  }

  /** UTF-8 bytes that a token stands for behind other text, often part of a character; none for an unknown id. */
  bytesOf(id: number): Uint8Array {
    return this.#bytes.bytesOf(id);
  }

  /** A text to show for a token of the vocabulary; bytes that are no whole character as `\xE2`. */
  textOf(id: number): string {
    return this.#bytes.textOf(id);
  }

  #context(): string | undefined {
    return ordinaryPieces.find((piece) => this.#tokenizer.tokenToId(piece) !== null);
  }
}

/**
 * Byte pairs and word pieces are merged or found from near to far. A unigram model weighs the whole of what it is given,
 * and dropout cuts differently each time. A vocabulary that happens to hold these words costs speed, nothing else.
 */
function cutsLocally(json: string): boolean {
  return !json.includes('"Unigram"') && !/"dropout"\s*:\s*\d/.test(json);
}

/** The ids that the tokenizer's post-processor puts in front of a text. */
async function prefixOf(tokenizer: Tokenizer): Promise<readonly number[]> {
  const encoding = await tokenizer.encode('a', null, { addSpecialTokens: true });
  const isSpecial = encoding.getSpecialTokensMask();
  const end = isSpecial.indexOf(0);
  return encoding.getIds().slice(0, Math.max(0, end));
}

/** Says what the folder has instead, and how to make tokenizer.json of it. */
async function noTokenizerJson(folder: string): Promise<MonosemError> {
  const other: string[] = [];
  for (const name of ['tokenizer.model', 'vocab.json', 'merges.txt', 'vocab.txt']) {
    if (await exists(path.join(folder, name))) other.push(name);
  }
  return new MonosemError(
    'fileMissing',
    other.length === 0
      ? `The tokenizer is missing: there is no file ${path.join(folder, 'tokenizer.json')}; copy it from the model the .onnx was made of.`
      : `The tokenizer is there as ${other.join(' and ')}, but ${path.join(folder, 'tokenizer.json')} is missing; write it with transformers in Python: AutoTokenizer.from_pretrained("${folder}", use_fast=True).save_pretrained("${folder}").`,
  );
}

function parseTokenizer(json: string, file: string): Tokenizer {
  try {
    return Tokenizer.fromString(json);
  } catch (cause) {
    const why = json.startsWith('version https://git-lfs')
      ? 'it is only a Git LFS pointer'
      : messageOf(cause);
    throw new MonosemError(
      'fileDamaged',
      `${file} is not a complete tokenizer file (${why}); download it again with the model it belongs to.`,
      { cause },
    );
  }
}
