// Every kind of tokenizer against Python: ids, ranges and texts that transformers' AutoTokenizer gives for the same
// files (test/golden/tokenizers/*/golden.json names the command that made them). Equality, no tolerance.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { TextTokenizer } from '../../../src/engine/tokenizer/tokenizer.ts';

interface GoldenCase {
  readonly text: string;
  readonly ids: readonly number[];
  /** As a model gets it by default: with BOS, and EOS too where the tokenizer adds one. */
  readonly withSpecial: readonly number[];
  /** [tokens] UTF-16 start and end. */
  readonly ranges: readonly (readonly number[])[];
  readonly decoded: string;
  /** Behind a word, where a leading space stays. */
  readonly continued: string;
}
interface Golden {
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly cases: readonly GoldenCase[];
  readonly decodings: readonly Pick<GoldenCase, 'ids' | 'decoded' | 'continued'>[];
}

const root = path.join(import.meta.dirname, '..', '..', 'golden', 'tokenizers');
const kinds = readdirSync(root);

/** A decoder may write one replacement character per wrong byte or one for several, depending on what it is given. */
const collapsed = (text: string): string => text.replaceAll(/\ufffd+/g, '\ufffd');

test('all kinds are here', () => {
  expect(kinds).toHaveLength(9);
});

describe.each(kinds)('%s', (kind) => {
  const golden = JSON.parse(readFileSync(path.join(root, kind, 'golden.json'), 'utf8')) as Golden;
  let tokenizer: TextTokenizer;
  beforeAll(async () => {
    tokenizer = await TextTokenizer.load(path.join(root, kind));
  });

  const streamed = (ids: readonly number[]): string => {
    const decoder = tokenizer.stream();
    return ids.map((id) => decoder.push(id)).join('') + decoder.end();
  };

  test.each(golden.cases.map((entry) => [JSON.stringify(entry.text), entry] as const))(
    '%s',
    async (_, { text, ids, ranges, decoded, continued }) => {
      const encoded = await tokenizer.encode(text);
      expect([...encoded.ids]).toEqual(ids);
      expect(Array.from(encoded.starts, (start, t) => [start, encoded.ends[t]])).toEqual(ranges);
      expect(await tokenizer.decode(ids)).toBe(decoded);
      expect(streamed(ids)).toBe(continued);
    },
  );

  test('ids that no text has', async () => {
    for (const { ids, decoded, continued } of golden.decodings) {
      expect(await tokenizer.decode(ids)).toBe(decoded);
      expect(collapsed(streamed(ids))).toBe(collapsed(continued));
    }
  });

  test('BOS in front exactly when the tokenizer puts it there', async () => {
    for (const { text, withSpecial } of golden.cases) {
      const { ids } = await tokenizer.encode(text);
      const first = tokenizer.startsWithBos ? [tokenizer.bosId] : [];
      expect([...first, ...ids]).toEqual(withSpecial);
    }
  });

  test('the ends that transformers knows are among the ends', () => {
    if (golden.eosId === null) expect(tokenizer.eosIds).toEqual([]);
    else expect(tokenizer.eosIds).toContain(golden.eosId);
  });
});
