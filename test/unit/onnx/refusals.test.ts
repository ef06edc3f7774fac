// What is not a decoder is refused in one sentence that says what was found and what to do next: every sentence in
// full. The graphs of other kinds of models are real exports (scripts/golden/refusals.py).
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import type { OnnxModel } from '../../../src/engine/onnx/proto/model.ts';
import { encodeOnnx, readOnnx } from '../../../src/engine/onnx/proto/protobuf.ts';
import { encodeModelProto, type ModelProto } from '../../../src/engine/onnx/proto/schema.ts';
import { newestIrVersion, newestOpset } from '../../../src/engine/onnx/runtime/limits.ts';
import { discoverSites } from '../../../src/engine/onnx/sites/sites.ts';
import { tinyGpt2, writeDecoder } from '../../fixtures/decoders.ts';
import { openDecoder, temporaryFolder, withSession } from './decoderRuns.ts';

const folder = temporaryFolder();
const golden = path.resolve(import.meta.dirname, '../../golden');

/** Writes the content under a name and tries to read it as a model. */
async function refusalOf(name: string, content: Uint8Array | string): Promise<unknown> {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return readOnnx(file).then(
    () => undefined,
    (error: unknown) => error,
  );
}

function siteRefusal(model: OnnxModel): unknown {
  try {
    discoverSites(model);
  } catch (error) {
    return error;
  }
  return undefined;
}

const decoderOnly = 'choose a decoder-only language model.';

describe('another kind of model, as its exporter wrote it', () => {
  const encoder = (about: string): string =>
    `FILE is an encoder such as BERT, not a decoder: its attention has no causal mask and no KV cache, so tokens see those after them (${about}); ${decoderOnly}`;
  const bertInputs = 'inputs input_ids, attention_mask, token_type_ids';
  const half = (input: string): string =>
    `FILE is the decoder of an encoder-decoder model: its input ${input} takes what an encoder made of another text; ${decoderOnly}`;

  test.each([
    ['bert_fill_mask', encoder(`${bertInputs}, outputs logits`)],
    ['bert_embeddings', encoder(`${bertInputs}, outputs last_hidden_state`)],
    ['distilbert_fill_mask', encoder('inputs input_ids, attention_mask, outputs logits')],
    ['t5_encoder', encoder('inputs input_ids, attention_mask, outputs last_hidden_state')],
    ['t5_decoder', half('encoder_hidden_states [batch_size, encoder_sequence_length, 16]')],
    [
      't5_decoder_with_past',
      half('past_key_values.0.encoder.key [batch_size, 2, encoder_sequence_length, 8]'),
    ],
    ['bart_decoder', half('encoder_hidden_states [batch_size, encoder_sequence_length, 16]')],
    [
      'vit',
      `FILE is not a language model decoder but a vision model: its input pixel_values [batch_size, num_channels, height, width] takes images; ${decoderOnly}`,
    ],
    [
      'wav2vec2',
      `FILE is not a language model decoder but an audio model: its input input_values [batch_size, sequence_length] takes sound; ${decoderOnly}`,
    ],
  ])('%s', async (name, sentence) => {
    const file = path.join(golden, 'refusals', `${name}.onnx`);
    expect(siteRefusal(await readOnnx(file))).toMatchObject({
      code: 'notADecoder',
      message: sentence.replace('FILE', file),
    });
  });

  test('every export here is looked at, and none is large', () => {
    const files = readdirSync(path.join(golden, 'refusals')).filter(
      (name) => name !== 'about.json',
    );
    expect(files).toHaveLength(9);
    for (const file of files) {
      expect(readFileSync(path.join(golden, 'refusals', file)).length).toBeLessThan(100_000);
    }
  });
});

describe('graphs that are no decoder', () => {
  test('a perceptron', () => {
    const b = new GraphBuilder();
    const x = b.input('features', 'float32', ['n', 8]);
    const w = b.constant(new Float32Array(32).fill(0.5), [8, 4]);
    b.output('scores', b.op('Relu', [b.op('MatMul', [x, w])]));
    expect(siteRefusal(b.build())).toMatchObject({
      code: 'notADecoder',
      message: `The model is not a language model decoder: none of its inputs (features) is looked up in a token table; ${decoderOnly}`,
    });
  });

  test('images under another name', () => {
    const b = new GraphBuilder();
    const x = b.input('data', 'float32', ['n', 3, 224, 224]);
    b.output('y', b.op('GlobalAveragePool', [x]));
    expect(siteRefusal(b.build())).toMatchObject({
      code: 'notADecoder',
      message: `The model is not a language model decoder but a vision model: its input data [n, 3, 224, 224] takes images; ${decoderOnly}`,
    });
  });

  test('the half of a model that another file feeds', () => {
    const b = new GraphBuilder();
    const x = b.input('inputs_embeds', 'float32', ['batch', 'sequence', 16]);
    b.output('logits', b.op('Softmax', [x]));
    expect(siteRefusal(b.build())).toMatchObject({
      code: 'notADecoder',
      message:
        'The model is only a part of a model: its input inputs_embeds [batch, sequence, 16] takes embedded tokens, which another file makes; choose an export whose decoder takes input_ids.',
    });
  });

  test('a graph for training', () => {
    const b = new GraphBuilder();
    const ids = b.input('input_ids', 'int64', ['b', 't']);
    const x = b.op('Gather', [b.constant(new Float32Array(40), [10, 4]), ids]);
    b.output('grad', b.op('SoftmaxGrad', [x, x], { domain: 'com.microsoft' }));
    expect(siteRefusal(b.build())).toMatchObject({
      code: 'notADecoder',
      message:
        'The model is a graph for training: it contains SoftmaxGrad, which serves no prediction; choose the inference model of the same export.',
    });
  });

  test('a decoder whose attention sees everything, found without names', async () => {
    const { model } = await openDecoder(folder, { kind: 'gpt2', seed: 81 });
    const graph = model.proto.graph ?? {};
    const past = /^(past_key_values|present)/;
    const plain = {
      ...graph,
      // Without cache and comparison nothing is left that gives time a direction.
      input: (graph.input ?? []).filter(({ name = '' }) => !past.test(name)),
      output: (graph.output ?? []).filter(({ name = '' }) => !past.test(name)),
      node: (graph.node ?? []).map((node) =>
        node.opType === 'LessOrEqual' ? { ...node, opType: 'Equal' } : node,
      ),
    };
    expect(siteRefusal({ proto: { ...model.proto, graph: plain } })).toMatchObject({
      code: 'notADecoder',
      message: `The model is an encoder such as BERT, not a decoder: its attention has no causal mask and no KV cache, so tokens see those after them (inputs input_ids, attention_mask, position_ids, outputs logits); ${decoderOnly}`,
    });
  });
});

describe('graphs this onnxruntime cannot run', () => {
  function relu(domain = '', type = 'Relu'): GraphBuilder {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    b.output('y', b.op(type, [x], { domain }), 'float32', [2]);
    return b;
  }
  const at = (change: Partial<ModelProto>): OnnxModel => {
    const model = relu().build();
    return { proto: { ...model.proto, ...change } };
  };
  const opset = (version: number): OnnxModel => at({ opsetImport: [{ domain: '', version }] });
  const opens = async (model: OnnxModel): Promise<boolean> => {
    const source = { bytes: encodeOnnx(model), folder: '' };
    return withSession(source, () => Promise.resolve(true)).catch(() => false);
  };

  test('the limits are those of the runtime', async () => {
    const ir = (irVersion: number): OnnxModel => at({ irVersion });
    expect(await opens(ir(newestIrVersion))).toBe(true);
    expect(await opens(ir(newestIrVersion + 1))).toBe(false);
    expect(await opens(opset(newestOpset))).toBe(true);
    expect(await opens(opset(newestOpset + 1))).toBe(false);
  });

  test('an operator set and an IR version from the future', () => {
    expect(siteRefusal(opset(99))).toMatchObject({
      code: 'unsupportedModel',
      message: `The model is newer than this onnxruntime: it has operator set 99 and ${newestOpset} is the newest that can be read; export the model with an older version or update Monosem.`,
    });
    expect(siteRefusal(at({ irVersion: 99 }))).toMatchObject({
      code: 'unsupportedModel',
      message: `The model is newer than this onnxruntime: it has IR version 99 and ${newestIrVersion} is the newest that can be read; export the model with an older version or update Monosem.`,
    });
  });

  test('operators without kernels', () => {
    expect(siteRefusal(relu('my.operators', 'FlashRelu').build())).toMatchObject({
      code: 'unsupportedModel',
      message:
        'The model needs operators that onnxruntime does not have: my.operators:FlashRelu; export the model without custom operators.',
    });
    const many = relu('my.operators', 'A');
    for (const type of ['B', 'C', 'D'])
      many.output(type, many.op(type, ['x'], { domain: 'other' }));
    expect(siteRefusal(many.build())).toMatchObject({
      message:
        'The model needs operators that onnxruntime does not have: my.operators:A, other:B and 2 more; export the model without custom operators.',
    });
  });

  test('an operator of a known domain that this runtime lacks', async () => {
    const source = { bytes: encodeOnnx(relu('com.microsoft', 'FutureRelu').build()), folder: '' };
    await expect(withSession(source, () => Promise.resolve())).rejects.toMatchObject({
      code: 'runtimeFailed',
      message:
        'onnxruntime could not open a model made in memory on cpu: Fatal error: com.microsoft:FutureRelu(-1) is not a registered function/op; check that the model runs in plain onnxruntime.',
    });
  });

  test('operators that the file defines itself are none of these', () => {
    const model = relu('pkg.torch', 'aten_relu').build();
    const functions = [{ domain: 'pkg.torch', name: 'aten_relu' }];
    expect(siteRefusal({ proto: { ...model.proto, functions } })).toMatchObject({
      code: 'notADecoder',
      message: `The model is not a language model decoder: none of its inputs (x) is looked up in a token table; ${decoderOnly}`,
    });
  });
});

describe('files that are no model', () => {
  const safetensors = (): Uint8Array => {
    const header = new TextEncoder().encode(
      '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    );
    const file = new Uint8Array(8 + header.length + 4);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    return file;
  };
  const bytes = (start: string): Uint8Array =>
    Uint8Array.from({ length: 600 }, (_, i) => (i < start.length ? start.charCodeAt(i) : i % 251));
  const exported = 'choose the .onnx file or export the model to ONNX.';
  const again = 'choose an .onnx file or download it again.';

  test.each<[string, Uint8Array | string, string]>([
    ['empty.onnx', '', 'is empty: FILE has 0 bytes; download the file again.'],
    [
      'pointer.onnx',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 548105171\n',
      'cannot be read: FILE is only a Git LFS pointer to the model; run "git lfs pull" or download the file itself.',
    ],
    [
      'page.onnx',
      '\n<!DOCTYPE html>\n<html class=""><head><title>gpt2</title>',
      'cannot be read: FILE is a web page, not an ONNX model; download the file itself, not its page.',
    ],
    [
      'config.onnx',
      '{\n  "model_type": "gpt2"\n}\n',
      `cannot be read: FILE is a text file, not an ONNX model; ${exported}`,
    ],
    [
      'umlaut.onnx',
      'Ein Text mit Umlauten: äöü.'.repeat(200),
      `cannot be read: FILE is a text file, not an ONNX model; ${exported}`,
    ],
    ['weights.onnx', safetensors(), `cannot be read: FILE is a safetensors file; ${exported}`],
    ['llama.onnx', bytes('GGUF\x03\0\0\0'), `cannot be read: FILE is a GGUF file; ${exported}`],
    [
      'torch.onnx',
      bytes('PK\x03\x04'),
      `cannot be read: FILE is a zip archive, as PyTorch checkpoints are; ${exported}`,
    ],
    [
      'pickle.onnx',
      bytes('\x80\x02\x8a'),
      `cannot be read: FILE is a Python pickle, as old PyTorch checkpoints are; ${exported}`,
    ],
    [
      'packed.onnx',
      bytes('\x1f\x8b\x08'),
      'cannot be read: FILE is gzip-compressed; unpack it first.',
    ],
    ['keras.onnx', bytes('\x89HDF\r\n'), `cannot be read: FILE is an HDF5 file; ${exported}`],
    [
      'lite.onnx',
      bytes('\x1c\0\0\0TFL3'),
      `cannot be read: FILE is a TensorFlow Lite model; ${exported}`,
    ],
    [
      'model.ort',
      bytes('\x20\0\0\0ORTM'),
      `cannot be read: FILE is in the ORT format, which cannot be instrumented; ${exported}`,
    ],
    [
      'zeros.onnx',
      new Uint8Array(5000),
      `cannot be read: FILE is full of zero bytes, not an ONNX model; ${again}`,
    ],
    [
      'noise.onnx',
      Uint8Array.from({ length: 900 }, (_, i) => (i * 89 + 7) % 256),
      `cannot be read: FILE is not an ONNX model or is damaged; ${again}`,
    ],
    [
      'hollow.onnx',
      encodeModelProto({ irVersion: 8, graph: { name: 'nothing' } }),
      `cannot be read: FILE is not an ONNX model or is damaged; ${again}`,
    ],
  ])('%s', async (name, content, sentence) => {
    expect(await refusalOf(name, content)).toMatchObject({
      code: 'fileDamaged',
      message: `The ONNX model ${sentence.replace('FILE', path.join(folder, name))}`,
    });
  });

  test('a download that stopped', async () => {
    const { file } = writeDecoder(path.join(folder, 'whole'), tinyGpt2, { kind: 'gpt2', seed: 82 });
    const whole = readFileSync(file);
    const half = whole.length >> 1;
    const error = await refusalOf('half.onnx', whole.subarray(0, half));
    const cut = path.join(folder, 'half.onnx');
    // The graph's field says how long it is; what stands behind it is missing too.
    const [, needed = ''] = /at least (\d+) are needed/.exec(String(error)) ?? [];
    expect(Number(needed)).toBeGreaterThan(whole.length - 100);
    expect(Number(needed)).toBeLessThanOrEqual(whole.length);
    expect(error).toMatchObject({
      code: 'fileDamaged',
      message: `The ONNX model is cut short: ${cut} has ${half} bytes, at least ${needed} are needed; download the file again.`,
    });
  });
});
