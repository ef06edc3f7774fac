// Zip archives put together by hand, right or wrong on purpose, and pickles written opcode by opcode.
import { crc32, deflateRawSync } from 'node:zlib';

export interface Part {
  readonly name: string;
  readonly content: Uint8Array;
  readonly isDeflated?: boolean;
  /** What the list of members says in place of the truth. */
  readonly claims?: {
    readonly crc?: number;
    readonly size?: number;
    readonly packedSize?: number;
    readonly method?: number;
    readonly flags?: number;
    readonly offset?: number;
    readonly localName?: string;
  };
}

function record(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const out = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) out.writeUInt16LE(value, at);
    else out.writeUInt32LE(value >>> 0, at);
    at += bytes;
  }
  return out;
}

export function zip(parts: readonly Part[]): Buffer {
  const chunks: Buffer[] = [];
  const central: Buffer[] = [];
  let position = 0;
  for (const { name, content, isDeflated = false, claims = {} } of parts) {
    const packed = isDeflated ? deflateRawSync(content) : Buffer.from(content);
    const listing = {
      method: isDeflated ? 8 : 0,
      size: content.length,
      packedSize: packed.length,
      flags: 0,
      crc: crc32(content),
      offset: position,
      localName: name,
      ...claims,
    };
    const common = [
      [2, listing.flags],
      [2, listing.method],
      [4, 0],
      [4, listing.crc],
      [4, listing.packedSize],
      [4, listing.size],
    ] as const;
    const localName = Buffer.from(listing.localName);
    const local = record([[4, 0x04034b50], [2, 20], ...common, [2, localName.length], [2, 0]]);
    const listed = Buffer.from(name);
    const place = [
      [2, listed.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, listing.offset],
    ] as const;
    central.push(record([[4, 0x02014b50], [2, 20], [2, 20], ...common, ...place]), listed);
    chunks.push(local, localName, packed);
    position += local.length + localName.length + packed.length;
  }
  const list = Buffer.concat(central);
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, parts.length],
    [2, parts.length],
    [4, list.length],
    [4, position],
    [2, 0],
  ]);
  return Buffer.concat([...chunks, list, end]);
}

/** A .npy array; `header` in place of the one that numpy would write. */
export function npy(shape: readonly number[], data: Uint8Array, header?: string): Buffer {
  const sizes = shape.join(', ') + (shape.length === 1 ? ',' : '');
  const dict = header ?? `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const text = Buffer.from(`${dict}\n`);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, text, data]);
}

const byte = (...values: number[]): Buffer => Buffer.from(values);
const counted = (opcode: number, text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([byte(opcode), length, Buffer.from(text)]);
};

/** Opcodes of protocol 2, by what they do. */
export const op = {
  start: byte(0x80, 2),
  stop: byte(0x2e),
  none: byte(0x4e),
  mark: byte(0x28),
  emptyList: byte(0x5d),
  emptyDict: byte(0x7d),
  emptyTuple: byte(0x29),
  tuple: byte(0x74),
  tuple1: byte(0x85),
  tuple2: byte(0x86),
  append: byte(0x61),
  appends: byte(0x65),
  setItem: byte(0x73),
  reduce: byte(0x52),
  build: byte(0x62),
  persistent: byte(0x51),
  global: (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`),
  text: (text: string): Buffer => counted(0x58, text),
  int: (value: number): Buffer => {
    const out = Buffer.alloc(5, 0x4a);
    out.writeInt32LE(value, 1);
    return out;
  },
  put: (index: number): Buffer => byte(0x71, index),
  get: (index: number): Buffer => byte(0x68, index),
} as const;

/** ('storage', torch.FloatStorage, key, 'cpu', count) → storage. */
export function storage(key: string, count: number): Buffer {
  return Buffer.concat([
    op.mark,
    op.text('storage'),
    op.global('torch', 'FloatStorage'),
    op.text(key),
    op.text('cpu'),
    op.int(count),
    op.tuple,
    op.persistent,
  ]);
}

/** torch._utils._rebuild_tensor_v2(storage, offset, sizes, strides, False, OrderedDict()) */
export function tensor(of: Buffer, offset: number, sizes: number[], strides: number[]): Buffer {
  const tuple = (values: number[]): Buffer =>
    Buffer.concat([op.mark, ...values.map(op.int), op.tuple]);
  return Buffer.concat([
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.mark,
    of,
    op.int(offset),
    tuple(sizes),
    tuple(strides),
    op.none,
    op.none,
    op.tuple,
    op.reduce,
  ]);
}

/** A .pt file whose data.pkl is this. */
export function torchZip(pickle: readonly Buffer[], storages: readonly Part[] = []): Buffer {
  const content = Buffer.concat([op.start, ...pickle, op.stop]);
  return zip([{ name: 'archive/data.pkl', content }, ...storages]);
}
