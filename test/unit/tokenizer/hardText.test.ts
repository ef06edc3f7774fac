// Hard texts, and every kind of tokenizer: what a token stands for is what stands in the document at its range.
//
// Tokens that hold parts of one character share the range of the whole of it, as do those that hold what a normaliser
// has made of a letter and its marks; together they stand for what is there. Ranges are in order and tile the text. What
// a normaliser drops has no token of its own: it belongs to the token behind it, at the end of the text to the last one.
// That are, for the unigram tokenizer, control characters and all but one of a run of spaces; nothing for the others.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DocumentEncoder } from '../../../src/engine/tokenizer/documentEncoder.ts';
import { TextTokenizer, type EncodedText } from '../../../src/engine/tokenizer/tokenizer.ts';
import { defaultModelFolder } from '../../../src/shared/defaults.ts';
import { hardTexts, longLines } from '../../fixtures/hardTexts.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const golden = (kind: string): string => path.join(root, 'test', 'golden', 'tokenizers', kind);

interface Kind {
  readonly name: string;
  readonly folder: string;
  /** What it makes of a stretch of text before it cuts it into tokens. */
  readonly normalised: (text: string) => string;
  /** Where it puts a space that is not in the text: in front of it, or also behind the names of special tokens. */
  readonly prefix?: 'text' | 'sections';
  /** … but not in front of a space. */
  readonly isOptional?: boolean;
}

const asItIs = (text: string): string => text;
/** The sign that vocabularies write for a space is a space to these tokenizers. */
const withSpaces = (text: string): string => text.replaceAll('▁', ' ');

/** As SentencePiece's rules for neural translation have it: some characters are dropped, many are spaces. */
function translated(text: string): string {
  return text
    .replaceAll(/[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/g, '')
    .replaceAll(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]|\p{Cs}/gu, ' ')
    .normalize('NFKC')
    .replaceAll(/ {2,}/g, ' ');
}

const embedded: Kind = {
  name: 'SentencePiece with byte fallback (stories15M)',
  folder: path.join(root, defaultModelFolder),
  normalised: withSpaces,
  prefix: 'text',
};
const bytePairs: Kind = {
  name: 'byte-level BPE (GPT-2)',
  folder: golden('gpt2'),
  normalised: asItIs,
};
const unigram: Kind = {
  name: 'Unigram',
  folder: golden('unigram'),
  normalised: translated,
  prefix: 'sections',
  isOptional: true,
};
const kinds: readonly Kind[] = [
  ...[bytePairs, embedded, unigram],
  { name: 'byte-level BPE (Llama 3)', folder: golden('llama3'), normalised: asItIs },
  { name: 'byte-level BPE (Falcon)', folder: golden('falcon'), normalised: asItIs },
  {
    name: 'byte-level BPE of composed characters (Qwen)',
    folder: golden('qwen'),
    normalised: (text) => text.normalize('NFC'),
  },
  {
    name: 'SentencePiece with byte fallback (Llama 2)',
    folder: golden('llama'),
    normalised: withSpaces,
    prefix: 'sections',
  },
  {
    name: 'SentencePiece with byte fallback (Mistral)',
    folder: golden('mistral'),
    normalised: withSpaces,
    prefix: 'text',
    isOptional: true,
  },
  {
    name: 'SentencePiece with byte fallback (Gemma)',
    folder: golden('gemma'),
    normalised: withSpaces,
  },
];

interface Opened extends Kind {
  readonly tokenizer: TextTokenizer;
  /** Names of special tokens. */
  readonly special: ReadonlySet<string>;
}

async function open(kind: Kind): Promise<Opened> {
  const json = readFileSync(path.join(kind.folder, 'tokenizer.json'), 'utf8');
  const { added_tokens: added } = JSON.parse(json) as { added_tokens: { content: string }[] };
  const special = new Set(added.map(({ content }) => content));
  return { ...kind, special, tokenizer: await TextTokenizer.load(kind.folder) };
}

/** Tokens that share a range. */
interface Group {
  readonly start: number;
  readonly end: number;
  readonly ids: readonly number[];
}

function groupsOf({ ids, starts, ends }: EncodedText): Group[] {
  const groups: { start: number; end: number; ids: number[] }[] = [];
  for (const [token, id] of ids.entries()) {
    const [start, end] = [starts[token] ?? NaN, ends[token] ?? NaN];
    const last = groups.at(-1);
    if (last?.start === start && last.end === end) last.ids.push(id);
    else groups.push({ start, end, ids: [id] });
  }
  return groups;
}

/** In order, from the first to the last character, and no surrogate pair is cut. */
function expectTiling(text: string, groups: readonly Group[]): void {
  let reached = 0;
  for (const { start, end } of groups) {
    if (start !== reached || end <= start) throw new Error(`gap or overlap at ${start}–${end}`);
    if (/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(end - 1, end + 1))) {
      throw new Error(`a character is cut at ${end}`);
    }
    reached = end;
  }
  expect(reached).toBe(text.length);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What the tokens of each range stand for, beside what stands there; ranges that hold an unknown token left out. */
function meanings(opened: Opened, text: string, groups: readonly Group[]): [string[], string[]] {
  const [meant, there]: [string[], string[]] = [[], []];
  let isFirst = true;
  let isBehindName = false;
  for (const { start, end, ids } of groups) {
    const slice = text.slice(start, end);
    const isName = ids.length === 1 && opened.special.has(slice);
    const begins = isFirst || (opened.prefix === 'sections' && isBehindName);
    if (!isName && !isUnknown(opened, ids)) {
      const bytes = ids.flatMap((id) => [...opened.tokenizer.bytesOf(id)]);
      meant.push(decoder.decode(Uint8Array.from(bytes)));
      there.push(begins ? withPrefix(opened, slice) : wellFormed(opened.normalised(slice)));
    }
    isBehindName = isName;
    isFirst = false;
  }
  return [meant, there];
}

/** Half of a character has no bytes; tokenizers see the sign that stands for it. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

function withPrefix({ prefix, isOptional = false, normalised }: Opened, slice: string): string {
  const text = wellFormed(normalised(slice));
  return prefix === undefined || (isOptional && text.startsWith(' ')) ? text : ` ${text}`;
}

/** A vocabulary without bytes has one token for everything it does not know. */
function isUnknown({ tokenizer, name }: Opened, ids: readonly number[]): boolean {
  return name === unigram.name && ids.some((id) => tokenizer.pieceOf(id) === '<unk>');
}

/**
 * Ranges are not shared for convenience: where one token ends and the next one begins within a range, a character is cut
 * in two, or the range is that of one character with its marks, or it begins with a space that was added, or holds a
 * character that the normaliser has made several of.
 */
function expectFineRanges(opened: Opened, text: string, groups: readonly Group[]): void {
  for (const [n, { start, end, ids }] of groups.entries()) {
    const before = groups[n - 1];
    const begins = before === undefined || opened.special.has(text.slice(before.start, before.end));
    const inner = ids.slice(1).map((id) => opened.tokenizer.bytesOf(id)[0]);
    if (begins || inner.every(isContinuation)) continue;
    const characters = Array.from(text.slice(start, end));
    const isExpanded = characters.some((each) => Array.from(opened.normalised(each)).length > 1);
    const letters = characters.filter((each) => !mark.test(each));
    expect(letters.length <= 1 || isExpanded).toBe(true);
  }
}

/** Combining, or composing as those do. */
const mark = /[\p{M}\u1160-\u11ff\u3131-\u318e\uff9e]/u;

/** Of UTF-8: it does not begin a character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function check(opened: Opened, text: string, encoded: EncodedText): void {
  const groups = groupsOf(encoded);
  expectTiling(text, groups);
  const [meant, there] = meanings(opened, text, groups);
  expect(meant).toEqual(there);
  expectFineRanges(opened, text, groups);
}

const calm = (): Promise<void> => Promise.resolve();
const plain = ({ ids, starts, ends }: EncodedText): number[][] => [
  [...ids],
  [...starts],
  [...ends],
];

const everything = Object.values(hardTexts).join(' ');
/** Any stretch of any of the texts: it may begin or end within a character. */
const stretch = fc
  .tuple(fc.nat(everything.length), fc.nat(30))
  .map(([start, length]) => everything.slice(start, start + length));
const edit = fc.record({ at: fc.nat(everything.length), remove: fc.nat(30), insert: stretch });

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open(kind);
  });

  test.each(Object.entries(hardTexts))('%s', async (__, text) => {
    check(opened, text, await opened.tokenizer.encode(text));
  });

  test('any edits of all of them together, encoded edit by edit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 8 }), async (edits) => {
        const encoder = new DocumentEncoder(opened.tokenizer);
        let text = everything;
        await encoder.encode(text, calm);
        for (const { at, remove, insert } of edits) {
          text = text.slice(0, at) + insert + text.slice(at + remove);
          const found = await encoder.encode(text, calm);
          expect(plain(found)).toEqual(plain(await opened.tokenizer.encode(text)));
          check(opened, text, found);
        }
      }),
      { numRuns: 5, seed: 12 },
    );
  });
});

describe.each([bytePairs, embedded, unigram].map((kind) => [kind.name, kind] as const))(
  'lines of 100 kB: %s',
  (_, kind) => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open(kind);
    });

    test.each(Object.entries(longLines))('%s', async (__, line) => {
      const encoder = new DocumentEncoder(opened.tokenizer);
      check(opened, line, await encoder.encode(line, calm));
      const edited = `${line.slice(0, 50_000)}é\u0301 ${line.slice(50_001)}`;
      const found = await encoder.encode(edited, calm);
      expect(plain(found)).toEqual(plain(await opened.tokenizer.encode(edited)));
    });
  },
);
