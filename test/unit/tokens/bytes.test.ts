// The bytes of single tokens, one after the other, are the text: for every kind of tokenizer, characters split over
// tokens included.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { TextTokenizer } from '../../../src/engine/tokenizer/tokenizer.ts';

const root = path.join(import.meta.dirname, '..', '..', 'golden', 'tokenizers');

interface Golden {
  readonly cases: readonly { readonly ids: readonly number[]; readonly continued: string }[];
}

describe.each(readdirSync(root))('%s', (kind) => {
  test('bytes of tokens are the text that Python makes of them', async () => {
    const tokenizer = await TextTokenizer.load(path.join(root, kind));
    const file = readFileSync(path.join(root, kind, 'golden.json'), 'utf8');
    for (const { ids, continued } of (JSON.parse(file) as Golden).cases) {
      // Special tokens stand for their names, which decoded text leaves out.
      const shown = ids.filter((id) => {
        const decoder = tokenizer.stream();
        return decoder.push(id) + decoder.end() !== '';
      });
      const bytes = Buffer.concat(shown.map((id) => tokenizer.bytesOf(id)));
      expect(bytes.toString('utf8')).toBe(continued);
    }
  });
});
