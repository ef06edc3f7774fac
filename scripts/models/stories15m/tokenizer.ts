// Turns llama2.c's `tokenizer.bin` (int32 longest piece, then per piece float32 score, int32 length, bytes) into a
// Hugging Face `tokenizer.json`: BPE with byte fallback, merges ranked by score as SentencePiece ranks them.
// The control pieces <unk>, <s>, </s> are not listed as added tokens, because SentencePiece reads them in a text
// as ordinary characters; the BOS comes from the post-processor.

const controlPieces = ['<unk>', '<s>', '</s>'];
const firstBytePiece = 3;
const firstOrdinaryPiece = firstBytePiece + 256;
export const bosId = 1;
export const eosId = 2;

interface Piece {
  readonly text: string;
  readonly score: number;
}

function pieceName(id: number, bytes: Buffer): string {
  const control = controlPieces[id];
  if (control !== undefined) return control;
  // This file has the raw byte here, which would collide with the ordinary pieces for `.`, `"` and others.
  if (id < firstOrdinaryPiece) {
    const value = id - firstBytePiece;
    return `<0x${value.toString(16).toUpperCase().padStart(2, '0')}>`;
  }
  return bytes.toString('utf8').replaceAll(' ', '▁');
}

function readPieces(bytes: Buffer): Piece[] {
  const pieces: Piece[] = [];
  let position = 4;
  while (position < bytes.length) {
    const score = bytes.readFloatLE(position);
    const start = position + 8;
    position = start + bytes.readInt32LE(position + 4);
    pieces.push({ text: pieceName(pieces.length, bytes.subarray(start, position)), score });
  }
  return pieces;
}

/**
 * Every way to cut an ordinary piece into two, best score first. Equal scores (cuts of one piece) keep the order of
 * the left part's length, which only matters for runs such as `====`.
 */
function merges(pieces: readonly Piece[], vocabulary: ReadonlyMap<string, number>): [string, string][] {
  const found: { readonly pair: [string, string]; readonly score: number }[] = [];
  for (const piece of pieces.slice(firstOrdinaryPiece)) {
    const characters = Array.from(piece.text);
    for (let cut = 1; cut < characters.length; cut++) {
      const left = characters.slice(0, cut).join('');
      const right = characters.slice(cut).join('');
      if (isOrdinary(vocabulary.get(left)) && isOrdinary(vocabulary.get(right))) {
        found.push({ pair: [left, right], score: piece.score });
      }
    }
  }
  return found.sort((a, b) => b.score - a.score).map((merge) => merge.pair);
}

function isOrdinary(id: number | undefined): boolean {
  return id !== undefined && id >= firstOrdinaryPiece;
}

/** The content of `tokenizer.json`. */
export function tokenizerJson(tokenizerBin: Buffer): unknown {
  const pieces = readPieces(tokenizerBin);
  const vocabulary = new Map(pieces.map((piece, id) => [piece.text, id]));
  if (vocabulary.size !== pieces.length) throw new Error('Two pieces of the tokenizer are equal.');
  const bos = { id: '<s>', type_id: 0 };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: bos }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [
        { SpecialToken: bos },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '<s>', type_id: 1 } },
        { Sequence: { id: 'B', type_id: 1 } },
      ],
      special_tokens: { '<s>': { id: '<s>', ids: [bosId], tokens: ['<s>'] } },
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary),
      merges: merges(pieces, vocabulary),
    },
  };
}
