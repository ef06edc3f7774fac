// Which .onnx of a folder is taken: by the rule, by the user's word, and when files are missing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseVariant, listVariants } from '../../../src/engine/model/bundle/variants.ts';
import { encodeModelProto } from '../../../src/engine/onnx/proto/schema.ts';
import { externalEntries } from '../../../src/engine/onnx/proto/tensorProto.ts';

const temporary = mkdtempSync(path.join(tmpdir(), 'monosem-variants-'));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

const external = 1;
const modelBytes = 100;

/** An .onnx file of little use whose tensors lie in these files. */
function onnx(...locations: readonly string[]): Uint8Array {
  if (locations.length === 0) return new Uint8Array(modelBytes);
  const initializer = locations.map((location, at) => ({
    name: `w${String(at)}`,
    dims: [4],
    dataType: 1,
    dataLocation: external,
    externalData: externalEntries(location, 0, 16),
  }));
  return encodeModelProto({ graph: { node: [{ opType: 'Relu' }], initializer } });
}

/** A folder with these files; a list of names means an .onnx with external data there. */
function folderOf(files: Readonly<Record<string, readonly string[] | string>>): string {
  const folder = mkdtempSync(path.join(temporary, 'model-'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : onnx(...content));
  }
  return folder;
}

const plain = (...names: readonly string[]): string =>
  folderOf(Object.fromEntries(names.map((name) => [name, []])));

const namesIn = async (folder: string): Promise<string[]> =>
  (await listVariants(folder)).map(({ variant }) => variant);

describe('the rule', () => {
  test('transformers.js: full precision before half, 8 bits and 4', async () => {
    const folder = plain(
      ...['bnb4', 'fp16', 'int8', 'q4', 'q4f16', 'quantized', 'uint8', 'bf16', 'q2'].map(
        (precision) => `onnx/model_${precision}.onnx`,
      ),
      'onnx/model.onnx',
    );
    const listed = await listVariants(folder);
    expect(listed.map(({ variant, description }) => [variant, description])).toEqual([
      ['onnx/model.onnx', 'as exported'],
      ['onnx/model_fp16.onnx', 'half precision'],
      ['onnx/model_bf16.onnx', 'bfloat16'],
      ['onnx/model_int8.onnx', '8-bit'],
      ['onnx/model_quantized.onnx', '8-bit'],
      ['onnx/model_uint8.onnx', '8-bit'],
      ['onnx/model_q4f16.onnx', '4-bit, half precision'],
      ['onnx/model_bnb4.onnx', '4-bit'],
      ['onnx/model_q4.onnx', '4-bit'],
      ['onnx/model_q2.onnx', 'less than 4 bits'],
    ]);
    expect(await chooseVariant(folder)).toBe('onnx/model.onnx');
  });

  test('old optimum: the merged export, then the one without cache, then the one that needs a cache', async () => {
    const folder = plain(
      'decoder_with_past_model.onnx',
      'decoder_model.onnx',
      'decoder_model_merged.onnx',
      'decoder_model_merged_quantized.onnx',
    );
    expect(await namesIn(folder)).toEqual([
      'decoder_model_merged.onnx',
      'decoder_model.onnx',
      'decoder_with_past_model.onnx',
      'decoder_model_merged_quantized.onnx',
    ]);
  });

  test('precision counts more than place, place more than nothing', async () => {
    expect(await namesIn(plain('onnx/model_q4.onnx', 'model.onnx', 'onnx/model.onnx'))).toEqual([
      'onnx/model.onnx',
      'model.onnx',
      'onnx/model_q4.onnx',
    ]);
  });

  test('names nobody knows come last, other parts of a model not at all', async () => {
    const folder = plain(
      'onnx/decoder_model_merged_q4f16.onnx',
      ...['embed_tokens_fp16', 'vision_encoder_q4', 'audio_encoder', 'encoder_model'].map(
        (name) => `onnx/${name}.onnx`,
      ),
      'my-finetune.onnx',
      'onnx/model_special.onnx',
      'model.onnx_data',
      'notes.txt',
    );
    const listed = await listVariants(folder);
    expect(listed.map(({ variant, description }) => [variant, description])).toEqual([
      ['onnx/decoder_model_merged_q4f16.onnx', '4-bit, half precision'],
      ['onnx/model_special.onnx', 'special'],
      ['my-finetune.onnx', 'named otherwise'],
    ]);
  });

  test('onnxruntime-genai names its decoder', async () => {
    const folder = folderOf({
      'phi3-mini-cpu-int4.onnx': [],
      'model.onnx': [],
      'genai_config.json': '{"model": {"decoder": {"filename": "phi3-mini-cpu-int4.onnx"}}}',
    });
    expect(await namesIn(folder)).toEqual(['phi3-mini-cpu-int4.onnx', 'model.onnx']);
  });

  test('nothing', async () => {
    const folder = plain('onnx/vision_encoder.onnx');
    const expected = {
      code: 'fileMissing',
      message: expect.stringContaining('No model was found') as string,
    };
    await expect(listVariants(folder)).rejects.toMatchObject(expected);
    await expect(chooseVariant(folder)).rejects.toMatchObject(expected);
    await expect(chooseVariant(folder, 'model.onnx')).rejects.toMatchObject(expected);
  });
});

describe('external data', () => {
  test('counts as part of the size, one file or many', async () => {
    const folder = folderOf({
      'onnx/model.onnx': ['model.onnx_data', 'model.onnx_data_1', 'model.onnx_data'],
      'onnx/model.onnx_data': 'x'.repeat(5000),
      'onnx/model.onnx_data_1': 'x'.repeat(300),
    });
    const [listed] = await listVariants(folder);
    expect(listed?.bytes).toBe(
      5300 + onnx('model.onnx_data', 'model.onnx_data_1', 'model.onnx_data').length,
    );
  });

  test('that is missing: the next best is taken, and the list says why', async () => {
    const folder = folderOf({
      'onnx/model.onnx': ['model.onnx_data'],
      'onnx/model_q4.onnx': [],
    });
    expect(await chooseVariant(folder)).toBe('onnx/model_q4.onnx');
    const listed = await listVariants(folder);
    expect(listed.map(({ variant, description }) => [variant, description])).toEqual([
      ['onnx/model_q4.onnx', '4-bit'],
      ['onnx/model.onnx', 'as exported; model.onnx_data is missing'],
    ]);
  });

  test('that is missing where nothing else is: one sentence', async () => {
    const folder = folderOf({ 'onnx/model.onnx': ['weights.bin', 'more.bin'] });
    const expected = {
      code: 'fileMissing',
      message: `onnx/model.onnx in ${folder} is not complete: its weights are in weights.bin, more.bin, which is not there; download those files into the same folder.`,
    };
    await expect(chooseVariant(folder)).rejects.toMatchObject(expected);
    await expect(chooseVariant(folder, 'model.onnx')).rejects.toMatchObject(expected);
  });
});

describe("the user's choice", () => {
  const folder = plain('onnx/model.onnx', 'onnx/model_q4.onnx', 'model_q4.onnx', 'cpu/int4.onnx');
  writeFileSync(path.join(temporary, 'outside.onnx'), onnx());

  test.each([
    ['onnx/model_q4.onnx', 'onnx/model_q4.onnx'],
    ['model_q4.onnx', 'model_q4.onnx'],
    ['model.onnx', 'onnx/model.onnx'],
    ['./onnx//model_q4.onnx', 'onnx/model_q4.onnx'],
    ['onnx\\model_q4.onnx', 'onnx/model_q4.onnx'],
    ['cpu/int4.onnx', 'cpu/int4.onnx'],
  ])('%s', async (wanted, chosen) => {
    expect(await chooseVariant(folder, wanted)).toBe(chosen);
  });

  test('what is not there, with what is', async () => {
    await expect(chooseVariant(folder, 'onnx/model_fp16.onnx')).rejects.toMatchObject({
      code: 'fileMissing',
      message: `${folder} has no variant "onnx/model_fp16.onnx"; it has onnx/model.onnx, onnx/model_q4.onnx, model_q4.onnx.`,
    });
  });

  test.each(['../outside.onnx', 'onnx/../../outside.onnx', path.join(temporary, 'outside.onnx')])(
    'never leaves the folder: %s',
    async (wanted) => {
      await expect(chooseVariant(folder, wanted)).rejects.toMatchObject({ code: 'badArgument' });
    },
  );
});
