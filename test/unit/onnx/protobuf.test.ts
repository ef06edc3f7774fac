// Reading .onnx files: nothing is lost, weights stay outside, and every kind of bad file gets its own sentence.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import { packModel } from '../../../src/engine/onnx/externalData/externalData.ts';
import { encodeOnnx, readOnnx } from '../../../src/engine/onnx/proto/protobuf.ts';
import {
  decodeModelProto,
  encodeModelProto,
  toNumber,
} from '../../../src/engine/onnx/proto/schema.ts';
import type {
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
} from '../../../src/engine/onnx/proto/schema.ts';
import { externalEntries } from '../../../src/engine/onnx/proto/tensorProto.ts';
import { tinyGpt2, writeDecoder } from '../../fixtures/decoders.ts';
import { float32, output, temporaryFolder, withSession } from './decoderRuns.ts';

const folder = temporaryFolder();
let count = 0;

function write(content: Uint8Array | string): string {
  const file = path.join(folder, `file${count++}.onnx`);
  writeFileSync(file, content);
  return file;
}

function floats(size: number, name: string): TensorProto {
  const rawData = new Uint8Array(Float32Array.from({ length: size }, (_, i) => i + 0.5).buffer);
  return { name, dims: [size], dataType: 1, rawData };
}

function reference(tensor: TensorProto | undefined): Record<string, string> {
  return Object.fromEntries(
    (tensor?.externalData ?? []).map(({ key = '', value = '' }) => [key, value]),
  );
}

function modelWithTensorsEverywhere(): ModelProto {
  const inner: GraphProto = {
    initializer: [floats(256, 'inner')],
    node: [
      {
        opType: 'Constant',
        output: ['c'],
        attribute: [{ name: 'value', type: 4, t: floats(400, 'c') }],
      },
    ],
  };
  return {
    irVersion: 8,
    graph: {
      initializer: [
        floats(255, 'small'),
        floats(256, 'large'),
        { name: 'asFloats', dims: [300], dataType: 1, floatData: Array<number>(300).fill(1.5) },
        { name: 'asInts', dims: [600], dataType: 6, int32Data: Array<number>(600).fill(7) },
      ],
      node: [
        { opType: 'If', output: ['o'], attribute: [{ name: 'then_branch', type: 5, g: inner }] },
        // Only Constant nodes may have external attributes.
        {
          opType: 'Other',
          output: ['p'],
          attribute: [{ name: 'value', type: 4, t: floats(400, 't') }],
        },
      ],
    },
  };
}

function valueOf(node: NodeProto | undefined): TensorProto | undefined {
  return node?.attribute?.[0]?.t;
}

function branchOf(node: NodeProto | undefined): GraphProto {
  return node?.attribute?.[0]?.g ?? {};
}

/** The tensor is `size` floats at an offset of the file, without a copy of them. */
function expectReference(
  tensor: TensorProto | undefined,
  { file, size, first }: { file: string; size: number; first: number },
): void {
  const { location, offset, length } = reference(tensor);
  expect(tensor).toMatchObject({ dataLocation: 1, floatData: [] });
  expect(tensor !== undefined && Object.hasOwn(tensor, 'rawData')).toBe(false);
  expect([location, length]).toEqual([file, String(size * 4)]);
  expect(readFileSync(file).readFloatLE(Number(offset))).toBe(first);
}

describe('round trip', () => {
  test('a file is written back byte for byte, unknown fields and explicit zeros included', () => {
    const writer = protobuf.Writer.create();
    // irVersion 8; a field 99 nobody knows; a graph with a node with the attribute axis = 0 and unpacked ints.
    writer.uint32(8).int64(8);
    writer.uint32((7 << 3) | 2).fork();
    writer.uint32((1 << 3) | 2).fork();
    writer
      .uint32((1 << 3) | 2)
      .string('x')
      .uint32((2 << 3) | 2)
      .string('y')
      .uint32((4 << 3) | 2)
      .string('Relu');
    writer
      .uint32((5 << 3) | 2)
      .fork()
      .uint32((1 << 3) | 2)
      .string('axis')
      .uint32(3 << 3)
      .int64(0);
    writer
      .uint32(8 << 3)
      .int64(-1)
      .uint32(8 << 3)
      .int64(5)
      .uint32(20 << 3)
      .int32(2)
      .ldelim();
    writer.ldelim();
    writer
      .uint32((77 << 3) | 2)
      .string('unknown in GraphProto')
      .ldelim();
    writer.uint32((99 << 3) | 2).string('unknown in ModelProto');
    const bytes = Buffer.from(writer.finish());
    const again = Buffer.from(encodeModelProto(decodeModelProto(bytes)));
    // protobufjs writes in the order of field numbers: compare as sets of bytes, then decoded.
    expect([...again].sort()).toEqual([...bytes].sort());
    expect(decodeModelProto(again)).toEqual(decodeModelProto(bytes));
  });

  test('integers of 64 bits keep all their bits', () => {
    const ints = [2 ** 40, -(2 ** 33) - 1, -1, 0];
    const node = { opType: 'X', attribute: [{ name: 'a', type: 7, ints }] };
    const decoded = decodeModelProto(encodeModelProto({ graph: { node: [node] } }));
    const back = decoded.graph?.node?.[0]?.attribute?.[0]?.ints ?? [];
    expect(back.map(toNumber)).toEqual(ints);
    const most = { low: -1, high: 0x7fffffff, unsigned: false };
    const large = { opType: 'X', attribute: [{ name: 'a', type: 2, i: most }] };
    const again = decodeModelProto(encodeModelProto({ graph: { node: [large] } }));
    expect(again.graph?.node?.[0]?.attribute?.[0]?.i).toMatchObject(most);
  });

  test('reading, packing and running gives what the plain file gives', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', ['n', 20]);
    const w = b.constant(
      Float32Array.from({ length: 400 }, (_, i) => Math.cos(i)),
      [20, 20],
    );
    b.output('y', b.op('MatMul', [x, w]), 'float32', ['n', 20]);
    const file = write(encodeOnnx(b.build()));
    const packed = packModel(await readOnnx(file));
    const feeds = {
      x: float32(
        [2, 20],
        Float32Array.from({ length: 40 }, (_, i) => i),
      ),
    };
    const [plain, overlaid] = await Promise.all(
      [{ file }, packed].map((source) => withSession(source, (session) => session.run(feeds))),
    );
    expect(output(overlaid ?? {}, 'y')).toEqual(output(plain ?? {}, 'y'));
  });
});

describe('weights stay outside', () => {
  test('initializers and Constant nodes, of subgraphs too, become references from 1 KB on', async () => {
    const file = write(encodeModelProto(modelWithTensorsEverywhere()));
    const { graph } = (await readOnnx(file)).proto;
    const [small, large, asFloats, asInts] = graph?.initializer ?? [];
    expect(small?.rawData).toHaveLength(1020);
    expect(asInts?.int32Data).toHaveLength(600);
    expect(valueOf(graph?.node?.[1])?.rawData).toHaveLength(1600);
    expectReference(large, { file, size: 256, first: 0.5 });
    expectReference(asFloats, { file, size: 300, first: 1.5 });
    const branch = branchOf(graph?.node?.[0]);
    expectReference(branch.initializer?.[0], { file, size: 256, first: 0.5 });
    expectReference(valueOf(branch.node?.[0]), { file, size: 400, first: 0.5 });
  });

  test('an external Constant runs', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [300]);
    const tensor = floats(300, 'c');
    b.output('y', b.op('Add', [x, b.op('Constant', [], { attributes: { value: { tensor } } })]));
    const packed = packModel(await readOnnx(write(encodeOnnx(b.build()))));
    expect(packed.bytes.length).toBeLessThan(600);
    const feeds = { x: float32([300], new Float32Array(300)) };
    const { y } = await withSession(packed, (session) => session.run(feeds));
    expect([...(y?.data ?? [])].slice(0, 3)).toEqual([0.5, 1.5, 2.5]);
  });
});

describe('files that are no model', () => {
  const damaged = (text: string): object => ({
    code: 'fileDamaged',
    message: expect.stringContaining(text) as string,
  });

  test('missing, a folder, empty, a Git LFS pointer, text, JSON', async () => {
    await expect(readOnnx(path.join(folder, 'none.onnx'))).rejects.toMatchObject({
      code: 'fileMissing',
    });
    await expect(readOnnx(folder)).rejects.toMatchObject({ code: 'fileUnreadable' });
    await expect(readOnnx(write(''))).rejects.toMatchObject(damaged('is empty'));
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';
    await expect(readOnnx(write(pointer))).rejects.toMatchObject(damaged('git lfs pull'));
    await expect(readOnnx(write('once upon a time'))).rejects.toMatchObject(damaged('not an ONNX'));
    await expect(readOnnx(write('{"a": 1}'))).rejects.toMatchObject(damaged('not an ONNX'));
    await expect(readOnnx(write(new Uint8Array(5000)))).rejects.toMatchObject(
      damaged('not an ONNX'),
    );
  });

  test('cut short anywhere: says so', async () => {
    const { file } = writeDecoder(path.join(folder, 'cut'), tinyGpt2, { kind: 'gpt2', seed: 31 });
    const whole = readFileSync(file);
    for (const share of [0.0005, 0.01, 0.3, 0.9, 0.999]) {
      const cut = write(whole.subarray(0, Math.max(3, Math.floor(whole.length * share))));
      await expect(readOnnx(cut), String(share)).rejects.toMatchObject(damaged('download'));
    }
    const most = write(whole.subarray(0, whole.length >> 1));
    await expect(readOnnx(most)).rejects.toMatchObject(damaged('is cut short'));
  });

  test('random bytes never crash and never hang', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        await expect(readOnnx(write(bytes))).rejects.toMatchObject({ code: 'fileDamaged' });
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('flipped bytes in a real file give a model or a clear error', async () => {
    const { file } = writeDecoder(path.join(folder, 'flip'), tinyGpt2, { kind: 'gpt2', seed: 32 });
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const changed = Uint8Array.from(whole);
          changed[at] = (changed[at] ?? 0) ^ flip;
          const result = await readOnnx(write(changed)).catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toMatchObject({ name: 'MonosemError' });
        },
      ),
      { numRuns: 60, seed: 2 },
    );
  });

  test('external data that is missing, short, or outside the folder', async () => {
    const model = (location: string): ModelProto => ({
      irVersion: 8,
      graph: {
        node: [{ opType: 'Relu', input: ['w'], output: ['y'] }],
        initializer: [
          {
            name: 'w',
            dims: [100],
            dataType: 1,
            dataLocation: 1,
            externalData: externalEntries(location, 8, 400),
          },
        ],
      },
    });
    const home = path.join(folder, 'external');
    mkdirSync(home);
    const file = path.join(home, 'model.onnx');
    writeFileSync(file, encodeModelProto(model('model.onnx_data')));
    await expect(readOnnx(file)).rejects.toMatchObject({
      code: 'fileMissing',
      message: expect.stringContaining('model.onnx_data') as string,
    });
    writeFileSync(path.join(home, 'model.onnx_data'), new Uint8Array(407));
    await expect(readOnnx(file)).rejects.toMatchObject(damaged('408 are needed'));
    writeFileSync(path.join(home, 'model.onnx_data'), new Uint8Array(408));
    const [tensor] = (await readOnnx(file)).proto.graph?.initializer ?? [];
    expect(reference(tensor)).toEqual({
      location: path.join(home, 'model.onnx_data'),
      offset: '8',
      length: '400',
    });
    for (const outside of ['../other.bin', '/etc/hostname', 'a/../../b']) {
      writeFileSync(file, encodeModelProto(model(outside)));
      await expect(readOnnx(file)).rejects.toMatchObject(damaged('outside its own folder'));
    }
  });
});
