// Weights outside the .onnx file, in every way the format allows: one file or many, folders, offsets beyond what 32
// bits hold, missing offsets and lengths, checksums, nothing at all, shared bytes. Whatever the way, the overlay
// computes the same bits as the plain model with its weights inside.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs/light.js';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import { packModel } from '../../../src/engine/onnx/externalData/externalData.ts';
import { readOnnx } from '../../../src/engine/onnx/proto/protobuf.ts';
import {
  encodeModelProto,
  type GraphProto,
  type TensorProto,
} from '../../../src/engine/onnx/proto/schema.ts';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { discoverSites } from '../../../src/engine/onnx/sites/sites.ts';
import {
  decoderFeeds,
  expectSameBits,
  float32,
  openDecoder,
  output,
  runOverlay,
  someIds,
  temporaryFolder,
  withSession,
  type OpenDecoder,
} from './decoderRuns.ts';
import { referenceTo, writeAt, writeExternal, writeModel, type Place } from './externalDecoder.ts';

const folder = temporaryFolder();
const GiB = 2 ** 30;

/** Every site and the logits, through an overlay. */
async function everything(file: string): Promise<OnnxTensors> {
  const model = await readOnnx(file);
  const sites = discoverSites(model, 3);
  const overlay = new Overlay(model, sites);
  for (const name of sites.sites.keys()) overlay.builder.output(`read ${name}`, overlay.read(name));
  overlay.keepOutput('logits');
  return runOverlay(overlay, decoderFeeds(sites, [someIds]));
}

async function expectSame(file: string, inline: OpenDecoder): Promise<void> {
  const [actual, expected] = [await everything(file), await everything(inline.file)];
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  expect(Object.keys(actual).length).toBeGreaterThan(15);
  for (const [name, tensor] of Object.entries(expected))
    expectSameBits(output(actual, name), tensor);
}

/** One after the other in one file, from `start` on. */
function packed(location: string, start = 0): (t: TensorProto, i: number, bytes: number) => Place {
  let offset = start;
  return (_tensor, _index, bytes) => {
    const place = { location, offset };
    offset += bytes;
    return place;
  };
}

describe('large files', () => {
  test('offsets beyond 2 GB, 4 GB and 5 GB, in one external file', async () => {
    const inline = await openDecoder(folder, { kind: 'gpt2', seed: 91 });
    const home = path.join(folder, 'far');
    const starts = [2 * GiB - 2048, 4 * GiB - 1024, 5 * GiB + 12].map((start) =>
      packed('model.onnx_data', start),
    );
    const file = writeExternal(inline.file, home, (tensor, index, bytes) => {
      const place = starts[index % starts.length] ?? packed('unused');
      return place(tensor, index, bytes);
    });
    const data = statSync(path.join(home, 'model.onnx_data'));
    expect(data.size).toBeGreaterThan(5 * GiB);
    const offsets = ((await readOnnx(file)).proto.graph?.initializer ?? [])
      .flatMap(({ externalData = [] }) => externalData)
      .filter(({ key }) => key === 'offset')
      .map(({ value }) => Number(value));
    expect(offsets.filter((offset) => offset > 4 * GiB).length).toBeGreaterThan(5);
    await expectSame(file, inline);
  });

  // onnxruntime itself refuses an .onnx file of more than 2 GB; its weights are read by position all the same.
  test('an .onnx file of more than 4 GB, weights behind a tensor nobody needs', async () => {
    const inline = await openDecoder(folder, { kind: 'llama', seed: 92 });
    const file = path.join(folder, 'inside.onnx');
    writeBehindHole(inline.file, file, 4 * GiB + 4096);
    expect(statSync(file).size).toBeGreaterThan(4 * GiB);
    await expectSame(file, inline);
    await expect(withSession({ file }, () => Promise.resolve())).rejects.toMatchObject({
      code: 'runtimeFailed',
    });
  });
});

/** The model with a tensor of `hole` zero bytes before its other initializers, written as a sparse file. */
function writeBehindHole(from: string, to: string, hole: number): void {
  const tag = (field: number): number => (field << 3) | 2;
  const begin = (): protobuf.Writer => protobuf.Writer.create();
  const dims = begin().uint32(8).int64(hole / 4).uint32(16).int32(1); // prettier-ignore
  const tensor = dims.uint32(tag(8)).string('nobody').uint32(tag(9)).uint64(hole).finish();
  const graph = begin().uint32(tag(5)).uint64(tensor.length + hole).finish(); // prettier-ignore
  const model = begin()
    .uint32(8)
    .int32(8)
    .uint32(tag(7))
    .uint64(graph.length + tensor.length + hole);
  const start = Buffer.concat([model.finish(), graph, tensor]);
  // A field of the same number continues the message: the real model's graph is merged into this one.
  writeFileSync(to, start);
  writeAt(to, start.length + hole, readFileSync(from));
}

describe('many files', () => {
  test('one per tensor, in folders, with names that need no quoting but look like it', async () => {
    const inline = await openDecoder(folder, { kind: 'llama', seed: 93 });
    const home = path.join(folder, 'many');
    const folders = ['', 'weights/', 'weights/layer 0/', 'größe/'];
    const file = writeExternal(inline.file, home, ({ name = '' }, index) => ({
      location: `${folders[index % folders.length] ?? ''}${name}`,
      offset: 0,
    }));
    await expectSame(file, inline);
  });

  test('checksums, no offset, no length', async () => {
    const inline = await openDecoder(folder, { kind: 'gpt2', seed: 94 });
    const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');
    const ways: readonly ((tensor: TensorProto) => Record<string, string>)[] = [
      ({ rawData }) => ({ checksum: sha1(rawData ?? new Uint8Array()) }),
      () => ({ offset: '' }),
      () => ({ length: '' }),
      () => ({ offset: '', length: '', basepath: '' }),
    ];
    const file = writeExternal(inline.file, path.join(folder, 'ways'), (tensor, index) => ({
      location: `${index}.bin`,
      offset: 0,
      more: ways[index % ways.length]?.(tensor) ?? {},
    }));
    await expectSame(file, inline);
  });

  test('two initializers with the same bytes, as tied weights are stored', async () => {
    const inline = await openDecoder(folder, { kind: 'gpt2', seed: 95 });
    const tie = (graph: GraphProto): GraphProto => {
      const initializer = graph.initializer ?? [];
      const wte = initializer.find(({ name }) => name === 'transformer.wte.weight') ?? {};
      const node = (graph.node ?? []).map((each) =>
        each.opType === 'Transpose' && each.input?.[0] === wte.name
          ? { ...each, input: ['lm_head.weight'] }
          : each,
      );
      return { ...graph, node, initializer: [...initializer, { ...wte, name: 'lm_head.weight' }] };
    };
    const place = packed('model.onnx_data');
    const file = writeExternal(inline.file, path.join(folder, 'tied'), place, tie);
    const { graph } = (await readOnnx(file)).proto;
    expect(graph?.initializer?.at(-1)?.name).toBe('lm_head.weight');
    await expectSame(file, inline);
  });

  test('a tensor without elements', async () => {
    const file = path.join(folder, 'nothing', 'model.onnx');
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [3]);
    const empty = b.constant(new Float32Array(0), [0], { name: 'empty' });
    b.output('y', b.op('Concat', [x, empty], { attributes: { axis: 0 } }), 'float32', [3]);
    const { proto } = b.build();
    const initializer = (proto.graph?.initializer ?? []).map((tensor) =>
      referenceTo(tensor, { location: 'model.onnx_data', offset: 8 }, 0),
    );
    writeModel(file, { ...proto, graph: { ...proto.graph, initializer } });
    writeAt(path.join(folder, 'nothing', 'model.onnx_data'), 0, new Uint8Array(8));
    const source = packModel(await readOnnx(file));
    const feeds = { x: float32([3], [1, 2, 3]) };
    const { y } = await withSession(source, (session) => session.run(feeds));
    expect([...(y?.data ?? [])]).toEqual([1, 2, 3]);
  });
});

describe('external data that cannot be used', () => {
  let count = 0;

  /** Reads a model of one tensor [100] float32 with these entries; its data file has `bytes`. */
  async function refusal(
    entries: Readonly<Record<string, string>>,
    data?: Uint8Array | string,
  ): Promise<{ error: unknown; file: string; data: string }> {
    const home = path.join(folder, `bad${count++}`);
    mkdirSync(home);
    const file = path.join(home, 'model.onnx');
    const location = path.join(home, 'model.onnx_data');
    const externalData = Object.entries({ location: 'model.onnx_data', ...entries })
      .filter(([, value]) => value !== '')
      .map(([key, value]) => ({ key, value }));
    const graph: GraphProto = {
      node: [{ opType: 'Relu', input: ['w'], output: ['y'] }],
      initializer: [{ name: 'w', dims: [100], dataType: 1, dataLocation: 1, externalData }],
    };
    writeFileSync(file, encodeModelProto({ irVersion: 8, graph }));
    if (data !== undefined) writeFileSync(location, data);
    const error = await readOnnx(file).catch((thrown: unknown) => thrown);
    return { error, file, data: location };
  }

  test('missing', async () => {
    const { error, file, data } = await refusal({});
    expect(error).toMatchObject({
      code: 'fileMissing',
      message: `The weights of ${file} are missing: it keeps them in ${data}, which does not exist; download that file too and put it there.`,
    });
  });

  test('too short, also where the file does not say how long', async () => {
    for (const length of ['400', '']) {
      const { error, file, data } = await refusal({ offset: '8', length }, new Uint8Array(407));
      expect(error).toMatchObject({
        code: 'fileDamaged',
        message: `The external data of ${file} cannot be used: ${data} is cut short: it has 407 bytes, 408 are needed; download or export the model again.`,
      });
    }
  });

  test('a Git LFS pointer or a web page in its place', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 400\n';
    const lfs = await refusal({}, pointer);
    expect(lfs.error).toMatchObject({
      code: 'fileDamaged',
      message: `The external data of the ONNX model cannot be read: ${lfs.data} is only a Git LFS pointer to the model; run "git lfs pull" or download the file itself.`,
    });
    const page = await refusal({}, '<!doctype html><html><title>404</title></html>');
    expect(page.error).toMatchObject({
      code: 'fileDamaged',
      message: `The external data of the ONNX model cannot be read: ${page.data} is a web page, not an ONNX model; download the file itself, not its page.`,
    });
  });

  test.each([
    '../weights.bin',
    '/etc/passwd',
    'a/../../b',
    '..\\b',
    'C:\\weights.bin',
    '\\\\host\\b',
  ])('outside the folder: %s', async (location) => {
    const { error, file } = await refusal({ location }, new Uint8Array(400));
    expect(error).toMatchObject({
      code: 'fileDamaged',
      message: `The ONNX model ${file} refers to ${location} outside its own folder, which ONNX forbids; get the model from a source you trust.`,
    });
  });

  test('no location, no number, another size than the shape', async () => {
    const problems: readonly (readonly [Record<string, string>, string])[] = [
      [{ location: '' }, 'tensor w does not say which file it is in'],
      [{ offset: 'twelve' }, 'tensor w has the offset "twelve", which is no size'],
      [{ offset: '-8' }, 'tensor w has the offset "-8", which is no size'],
      [
        { offset: '99999999999999999999' },
        'tensor w has the offset "99999999999999999999", which is no size',
      ],
      [{ length: '396' }, 'tensor w has 396 bytes where its shape needs 400'],
    ];
    for (const [entries, problem] of problems) {
      const { error, file } = await refusal(entries, new Uint8Array(400));
      expect(error).toMatchObject({
        code: 'fileDamaged',
        message: `The external data of ${file} cannot be used: ${problem}; download or export the model again.`,
      });
    }
  });

  test('a folder', async () => {
    const { error, file } = await refusal({ location: '.' }, new Uint8Array(400));
    expect(error).toMatchObject({
      code: 'fileDamaged',
      message: `The external data of ${file} cannot be used: ${path.dirname(file)} is a folder, not a file; download or export the model again.`,
    });
  });
});
