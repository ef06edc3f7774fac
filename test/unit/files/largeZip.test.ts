// An archive of arrays beyond 4 GB, where every position is 64 bits wide, laid out as numpy.savez lays it out. Nobody's
// disk is filled: the large array is a hole in the file.
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { readNpz } from '../../../src/engine/files/containers/npz.ts';
import { readRows, readTensor } from '../../../src/engine/files/tensorData.ts';
import { writeAt } from '../onnx/externalDecoder.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';
import { npy } from './zipFile.ts';

const at = useTemporaryFolder();

const full = 0xffffffff;

type Field = readonly [bytes: 2 | 4 | 8, value: number];

function record(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt(value));
      return field.subarray(0, bytes);
    }),
  );
}

/** The extra field with what does not fit 32 bits (APPNOTE 4.5.3). */
const wide = (...values: readonly number[]): Buffer =>
  record([2, 1], [2, 8 * values.length], ...values.map((value) => [8, value] as const));

interface Member {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  readonly offset: number;
}

/** What local header and listing have in common; sizes are in the extra field. */
const common = ({ crc }: Member): Field[] => [
  [2, 0],
  [2, 0],
  [4, 0],
  [4, crc],
  [4, full],
  [4, full],
];

function localHeader(member: Member): Buffer {
  const extra = wide(member.size, member.size);
  const name = Buffer.from(member.name);
  const head = record([4, 0x04034b50], [2, 45], ...common(member), [2, name.length], [2, extra.length]); // prettier-ignore
  return Buffer.concat([head, name, extra]);
}

function listing(member: Member): Buffer {
  const extra = wide(member.size, member.size, member.offset);
  const name = Buffer.from(member.name);
  const lengths = [[2, name.length], [2, extra.length], [2, 0]] as const; // prettier-ignore
  const place = [[2, 0], [2, 0], [4, 0], [4, full]] as const; // prettier-ignore
  const head = record([4, 0x02014b50], [2, 45], [2, 45], ...common(member), ...lengths, ...place);
  return Buffer.concat([head, name, extra]);
}

/** @param before checksum of what stands before the zeros */
function crcOfZeros(count: number, before: number): number {
  const piece = Buffer.alloc(2 ** 26);
  let crc = before;
  for (let left = count; left > 0; left -= piece.length) {
    crc = crc32(piece.subarray(0, Math.min(left, piece.length)), crc);
  }
  return crc;
}

test('arrays beyond 4 GB of an archive are read where they lie', async () => {
  const file = at('large.npz');
  const shape = [16_384, 65_600] as const;
  const bytes = 4 * shape[0] * shape[1];
  const header = npy(shape, Buffer.alloc(0));
  const last = Buffer.from(Float32Array.of(7).buffer);
  const crc = crc32(last, crcOfZeros(bytes - last.length, crc32(header)));
  const large = { name: 'W_enc.npy', size: header.length + bytes, crc, offset: 0 };
  const start = localHeader(large);
  const content = npy([3], Buffer.from(Float32Array.of(1, 2, 3).buffer));
  const offset = start.length + large.size;
  const small = { name: 'b_dec.npy', size: content.length, crc: crc32(content), offset };
  const list = Buffer.concat([listing(large), listing(small)]);
  const tail = Buffer.concat([localHeader(small), content]);
  const listAt = offset + tail.length;
  const end64 = record([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, 2], [8, 2], [8, list.length], [8, listAt]); // prettier-ignore
  const locator = record([4, 0x07064b50], [4, 0], [8, listAt + list.length], [4, 1]);
  const end = record([4, 0x06054b50], [2, 0], [2, 0], [2, 2], [2, 2], [4, list.length], [4, full], [2, 0]); // prettier-ignore
  writeAt(file, 0, Buffer.concat([start, header]));
  writeAt(file, offset - last.length, Buffer.concat([last, tail, list, end64, locator, end]));

  const { tensors } = await readNpz(file);
  const [W_enc, b_dec] = [tensors.get('W_enc'), tensors.get('b_dec')];
  if (W_enc === undefined || b_dec === undefined) throw new Error('arrays are missing');
  expect(b_dec.stored.offset).toBeGreaterThan(2 ** 32);
  expect([...(await readTensor(b_dec.stored)).data]).toEqual([1, 2, 3]);
  expect(W_enc.stored.dims).toEqual(shape);
  const { data } = await readRows(W_enc.stored, [0, shape[0] - 1]);
  expect([data[0], data.at(-1)]).toEqual([0, 7]);
});
