import fc from 'fast-check';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Tokenizer } from 'tokenizers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StreamDecoder } from '../../../src/engine/tokenizer/streamDecoder.ts';
import { TextTokenizer } from '../../../src/engine/tokenizer/tokenizer.ts';

const folder = path.join(import.meta.dirname, '..', '..', '..', 'models', 'stories15M');
const temporary = mkdtempSync(path.join(tmpdir(), 'monosem-tokenizer-'));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

let tokenizer: TextTokenizer;
beforeAll(async () => {
  tokenizer = await TextTokenizer.load(folder);
}, 60_000);

const wellFormed = fc.string({ unit: 'binary' });

describe('decode', () => {
  test('gives the text back, with or without BOS and EOS', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormed, async (text) => {
        const { ids } = await tokenizer.encode(text);
        expect(await tokenizer.decode(ids)).toBe(text.replaceAll('▁', ' '));
        expect(await tokenizer.decode([1, ...ids, 2])).toBe(text.replaceAll('▁', ' '));
      }),
      { numRuns: 60 },
    );
  });
});

describe('streaming', () => {
  const stream = (ids: Iterable<number>): string[] => {
    const decoder = tokenizer.stream();
    const parts = Array.from(ids, (id) => decoder.push(id));
    return [...parts, decoder.end()];
  };

  test('a continuation keeps its leading space', async () => {
    const { ids } = await tokenizer.encode('there was a dog');
    expect(stream(ids)).toEqual([' there', ' was', ' a', ' dog', '']);
  });

  test('the parts of a character appear with its last byte', async () => {
    const { ids } = await tokenizer.encode('x😀y');
    expect(stream(ids.subarray(1))).toEqual(['', '', '', '😀', 'y', '']);
  });

  test('two characters in bytes, one after the other', async () => {
    const { ids } = await tokenizer.encode('x😀🤖');
    expect(stream(ids.subarray(1)).join('')).toBe('😀🤖');
  });

  test('bytes that are no character show as replacement characters and lose nothing after them', async () => {
    const { ids } = await tokenizer.encode('x😀y');
    const broken = [...ids.subarray(1, 3), ...ids.subarray(5)];
    expect(stream(broken).join('')).toBe('\ufffd\ufffdy');
    expect(stream(ids.subarray(1, 3))).toEqual(['', '', '\ufffd\ufffd']);
  });

  test('concatenated parts are the text', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormed, async (text) => {
        const { ids } = await tokenizer.encode(`x${text}`);
        const withPrefix = stream(ids).join('');
        expect(withPrefix).toBe(` x${text.replaceAll('▁', ' ')}`);
      }),
      { numRuns: 80 },
    );
  });

  /** A byte-level decoder over pieces of single bytes written in hexadecimal, `61` for an a. */
  const ofBytes = (held: string[][] = []): StreamDecoder =>
    new StreamDecoder({
      pieceOf: (id) => pieces[id],
      decode: (spelled) => {
        held.push([...spelled]);
        return Buffer.from(spelled.join(''), 'hex').toString('utf8');
      },
      context: undefined,
    });
  let pieces: string[] = [];
  const shown = (decoder: StreamDecoder, spelled: readonly string[]): string[] => {
    pieces = [...spelled];
    return [...pieces.map((_, id) => decoder.push(id)), decoder.end()];
  };

  test('never holds back more than an incomplete character', () => {
    const held: string[][] = [];
    const given = shown(ofBytes(held), ['97', '97', '97', '97', '97', '97']);
    expect(given).toEqual(['', '', '', '\ufffd', '\ufffd', '\ufffd', '\ufffd'.repeat(3)]);
    expect(Math.max(...held.map((of) => of.length))).toBe(4);
  });

  test('tokens that end one character and begin the next lose nothing', () => {
    // 日本語 and 中文 in UTF-8, cut inside every character.
    expect(shown(ofBytes(), ['78e6', '97', 'a5e6', '9cace8', 'aa9ee4', 'b8ad', 'e69687'])).toEqual([
      'x', '', '日', '本', '語', '中', '文', '',
    ]); // prettier-ignore
  });

  test('a character after wrong bytes is not lost with them', () => {
    expect(shown(ofBytes(), ['97', '97', 'f0', '9f', '98', '80', '61']).join('')).toBe(
      '\ufffd\ufffd😀a',
    );
  });
});

describe('files', () => {
  const write = (name: string, content: string): void => {
    writeFileSync(path.join(temporary, name), content);
  };
  const json = readFileSync(path.join(folder, 'tokenizer.json'), 'utf8');

  test('a folder without tokenizer.json', async () => {
    await expect(TextTokenizer.load(path.join(temporary, 'nowhere'))).rejects.toMatchObject({
      code: 'fileMissing',
      message: expect.stringContaining('tokenizer.json') as string,
    });
  });

  test('a truncated tokenizer.json', async () => {
    write('tokenizer.json', json.slice(0, json.length / 2));
    await expect(TextTokenizer.load(temporary)).rejects.toMatchObject({
      code: 'fileDamaged',
      message: expect.stringContaining(path.join(temporary, 'tokenizer.json')) as string,
    });
  });

  test('JSON that is no tokenizer', async () => {
    write('tokenizer.json', '{"hello": "world"}');
    await expect(TextTokenizer.load(temporary)).rejects.toMatchObject({ code: 'fileDamaged' });
  });

  test('BOS as the post-processor has it, ends from every file; truncation is switched off', async () => {
    const limited = Tokenizer.fromString(json);
    limited.setTruncation(4);
    limited.save(path.join(temporary, 'tokenizer.json'));
    write('tokenizer_config.json', '{"bos_token": {"content": "</s>"}, "eos_token": "<s>"}');
    write('generation_config.json', '{"bos_token_id": 7, "eos_token_id": [5, 1]}');
    write(
      'config.json',
      '{"bos_token_id": 8, "eos_token_id": 6, "text_config": {"eos_token_id": 9}}',
    );
    const loaded = await TextTokenizer.load(temporary);
    expect(loaded.bosId).toBe(1);
    expect(loaded.eosIds).toEqual([1, 5, 6, 9]);
    expect((await loaded.encode('one two three four five six')).ids).toHaveLength(6);
  });

  test('the Llama class of transformers decides about BOS by its own setting', async () => {
    const load = async (config: object): Promise<TextTokenizer> => {
      const own = mkdtempSync(path.join(temporary, 'own-'));
      writeFileSync(path.join(own, 'tokenizer.json'), json);
      writeFileSync(path.join(own, 'tokenizer_config.json'), JSON.stringify(config));
      return TextTokenizer.load(own);
    };
    const llama = { tokenizer_class: 'LlamaTokenizer', bos_token: '</s>' };
    expect(await load(llama)).toMatchObject({ bosId: 2, startsWithBos: true });
    expect(await load({ ...llama, add_bos_token: false })).toMatchObject({
      bosId: 2,
      startsWithBos: false,
    });
    expect(await load({ ...llama, bos_token: null })).toMatchObject({ startsWithBos: false });
    expect(await load({ bos_token: '</s>', add_bos_token: false })).toMatchObject({
      bosId: 1,
      startsWithBos: true,
    });
  });

  test('names of special tokens in special_tokens_map.json count where the configuration is silent', async () => {
    const bare = mkdtempSync(path.join(temporary, 'map-'));
    const content = JSON.parse(json) as Record<string, unknown>;
    writeFileSync(
      path.join(bare, 'tokenizer.json'),
      JSON.stringify({ ...content, post_processor: null }),
    );
    writeFileSync(
      path.join(bare, 'special_tokens_map.json'),
      '{"bos_token": "<s>", "eos_token": {"content": "</s>"}}',
    );
    expect(await TextTokenizer.load(bare)).toMatchObject({
      bosId: 1,
      startsWithBos: false,
      eosIds: [2],
    });
    writeFileSync(path.join(bare, 'tokenizer_config.json'), '{"bos_token": null}');
    expect(await TextTokenizer.load(bare)).toMatchObject({ bosId: undefined, eosIds: [2] });
  });

  test('BOS and EOS of a folder that onnxruntime-genai made', async () => {
    const bare = mkdtempSync(path.join(temporary, 'genai-'));
    const content = JSON.parse(json) as Record<string, unknown>;
    writeFileSync(
      path.join(bare, 'tokenizer.json'),
      JSON.stringify({ ...content, post_processor: null }),
    );
    writeFileSync(
      path.join(bare, 'genai_config.json'),
      '{"model": {"bos_token_id": 3, "eos_token_id": [4, 5]}}',
    );
    expect(await TextTokenizer.load(bare)).toMatchObject({
      bosId: 3,
      startsWithBos: false,
      eosIds: [4, 5],
    });
  });

  test.each([
    [
      ['tokenizer.model'],
      /is there as tokenizer\.model, but .*tokenizer\.json is missing; write it/,
    ],
    [['vocab.json', 'merges.txt'], /vocab\.json and merges\.txt.*save_pretrained/],
  ])('a folder with %s says how to make tokenizer.json', async (names, message) => {
    const bare = mkdtempSync(path.join(temporary, 'older-'));
    for (const name of names) writeFileSync(path.join(bare, name), 'x');
    await expect(TextTokenizer.load(bare)).rejects.toMatchObject({
      code: 'fileMissing',
      message: expect.stringMatching(message) as string,
    });
  });

  test('a Git LFS pointer', async () => {
    write('tokenizer.json', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n');
    await expect(TextTokenizer.load(temporary)).rejects.toMatchObject({
      code: 'fileDamaged',
      message: expect.stringContaining('Git LFS pointer') as string,
    });
  });

  test('without configuration BOS is what the post-processor puts in front, and there is no EOS', async () => {
    const bare = mkdtempSync(path.join(temporary, 'bare-'));
    copyFileSync(path.join(folder, 'tokenizer.json'), path.join(bare, 'tokenizer.json'));
    const loaded = await TextTokenizer.load(bare);
    expect(loaded.bosId).toBe(1);
    expect(loaded.startsWithBos).toBe(true);
    expect(loaded.eosIds).toEqual([]);
  });
});
