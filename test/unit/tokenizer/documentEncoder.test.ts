// Encoding a document piece by piece and edit by edit gives what encoding all of it gives: ids and ranges, no tolerance.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DocumentEncoder } from '../../../src/engine/tokenizer/documentEncoder.ts';
import { TextTokenizer, type EncodedText } from '../../../src/engine/tokenizer/tokenizer.ts';
import { defaultModelFolder } from '../../../src/shared/defaults.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const goldens = path.join(root, 'test', 'golden', 'tokenizers');
const folders = [
  path.join(root, defaultModelFolder),
  ...readdirSync(goldens).map((kind) => path.join(goldens, kind)),
];
const calm = (): Promise<void> => Promise.resolve();

/** Words and what tokenizers stumble over: runs, joined emoji, combining marks, right-to-left, CRLF, lone surrogates. */
const scraps = [
  ...[
    'the ',
    'Once upon a time',
    ', there was ',
    'naïve ',
    'return x;\n',
    '{\n  "a": [1, 22, 333]\n}',
  ],
  ...[
    '\n',
    '\r\n',
    '\n\n\n',
    ' ',
    '        ',
    '\t',
    '\u00a0',
    '  \n',
    '1234567890',
    '...',
    '—',
    "don't ",
  ],
  ...[
    '👩‍👩‍👧‍👦',
    '🇩🇪',
    'e\u0301',
    'שלום ',
    'مرحبا',
    '你好世界',
    'ｶﾞ',
    '\ud83d',
    '\udc00',
    '\0',
    'ﬁ',
    'Ǆ',
  ],
  ...['<s>', '</s>', '<|endoftext|>', '[INST]', '_', '__init__', 'aaaaaaaaaaaaaaaa', '▁', '\ufeff'],
];
const scrap = fc.oneof(
  fc.constantFrom(...scraps),
  fc
    .tuple(fc.constantFrom(' ', 'a', '7', '\n', 'é', '-'), fc.integer({ min: 1, max: 400 }))
    .map(([unit, times]) => unit.repeat(times)),
);
const passage = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(scrap, { maxLength }).map((parts) => parts.join(''));
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(40),
  insert: passage(3),
});

const plain = ({ ids, starts, ends }: EncodedText): number[][] => [
  [...ids],
  [...starts],
  [...ends],
];

describe.each(folders.map((folder) => [path.basename(folder), folder] as const))(
  '%s',
  (_, folder) => {
    let tokenizer: TextTokenizer;
    beforeAll(async () => {
      tokenizer = await TextTokenizer.load(folder);
    });

    test('edit by edit', async () => {
      const texts = fc
        .array(scrap, { minLength: 100, maxLength: 300 })
        .map((parts) => parts.join(''));
      await fc.assert(
        fc.asyncProperty(
          texts,
          fc.array(edit, { minLength: 1, maxLength: 4 }),
          async (start, edits) => {
            const encoder = new DocumentEncoder(tokenizer);
            let text = start;
            await encoder.encode(text, calm);
            for (const { at, remove, insert } of edits) {
              const place = Math.floor(at * text.length);
              text = text.slice(0, place) + insert + text.slice(place + remove);
              const found = await encoder.encode(text, calm);
              expect(plain(found)).toEqual(plain(await tokenizer.encode(text)));
            }
          },
        ),
        { numRuns: 6, seed: 7 },
      );
    });

    test('a long text piece by piece, gone on with after a cancellation', async () => {
      const [sample] = fc.sample(fc.array(scrap, { minLength: 1500, maxLength: 1500 }), {
        numRuns: 1,
        seed: 3,
      });
      const text = (sample ?? []).join('');
      expect(text.length).toBeGreaterThan(70_000);
      const encoder = new DocumentEncoder(tokenizer);
      await encoder
        .encode(text, () => Promise.reject(new Error('cancelled')))
        .catch(() => undefined);
      const found = await encoder.encode(text, calm);
      expect(plain(found)).toEqual(plain(await tokenizer.encode(text)));
      expect(await encoder.encode(text, calm)).toBe(found);
    });
  },
);

test('only the surroundings of a change are encoded', async () => {
  const tokenizer = await TextTokenizer.load(folders[0] ?? '');
  let encoded = 0;
  const counting = {
    isLocal: true,
    encode: (text: string): Promise<EncodedText> => {
      encoded += text.length;
      return tokenizer.encode(text);
    },
  };
  const encoder = new DocumentEncoder(counting);
  const text = 'Once upon a time there was a little girl. '.repeat(500);
  await encoder.encode(text, calm);
  encoded = 0;
  await encoder.encode(`${text.slice(0, 9000)}x${text.slice(9000)}`, calm);
  expect(encoded).toBeLessThan(1000);
});
