import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readColumns, readRows, readTensor } from '../../../src/engine/files/tensorData.ts';
import type { StoredTensor } from '../../../src/engine/files/storedTensor.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';

const at = useTemporaryFolder();

/** A file put together by hand: header text, then data; `claimed` overrides the header length. */
async function assemble(header: string | Uint8Array, data: Uint8Array, claimed?: bigint) {
  const text = typeof header === 'string' ? Buffer.from(header) : Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(text.length));
  await writeFile(at('x.safetensors'), Buffer.concat([length, text, data]));
  return at('x.safetensors');
}

const entry = (dtype: string, shape: readonly unknown[], data_offsets: readonly unknown[]) => ({
  dtype,
  shape,
  data_offsets,
});

function get(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const stored = tensors.get(name);
  if (stored === undefined) throw new Error(`no ${name}`);
  return stored;
}

test('what is written is read back exactly, with metadata', async () => {
  const a = { dims: [3], data: Float32Array.of(1.5, -0, 1e-42) };
  const b = { dims: [2, 2], data: Float32Array.of(1, 2, 3, Infinity) };
  const empty = { dims: [0, 4], data: new Float32Array(0) };
  await writeSafetensors(at('w'), { a, b, empty }, { made: 'here' });
  const { tensors, metadata } = await readSafetensors(at('w'));
  expect(metadata.get('made')).toBe('here');
  expect(await readTensor(get(tensors, 'a'))).toEqual(a);
  expect(await readTensor(get(tensors, 'b'))).toEqual(b);
  expect(await readTensor(get(tensors, 'empty'))).toEqual(empty);
  expect(get(tensors, 'b').offset % 8).toBe(0);
  expect((await readFile(at('w'))).readBigUInt64LE(0) % 8n).toBe(0n);
});

test('a scalar has no axes and one element', async () => {
  await writeSafetensors(at('w'), { s: { dims: [], data: Float32Array.of(7) } });
  const { tensors } = await readSafetensors(at('w'));
  expect(await readTensor(get(tensors, 's'))).toEqual({ dims: [], data: Float32Array.of(7) });
});

test('half precision and integers are widened, at unaligned offsets too', async () => {
  const data = Buffer.alloc(1 + 4 + 4 + 16 + 4 + 1);
  data.writeUInt8(200, 0);
  data.writeUInt16LE(0x3c00, 1); // 1 in binary16
  data.writeUInt16LE(0xfbff, 3); // −65504, the smallest
  data.writeUInt16LE(0x3f80, 5); // 1 in bfloat16
  data.writeUInt16LE(0xc049, 7); // −3.140625
  data.writeBigInt64LE(-5n, 9);
  data.writeBigInt64LE(1n << 40n, 17);
  data.writeInt32LE(-7, 25);
  data.writeInt8(-3, 29);
  const header = {
    byte: entry('U8', [1], [0, 1]),
    half: entry('F16', [2], [1, 5]),
    brain: entry('BF16', [2], [5, 9]),
    long: entry('I64', [2], [9, 25]),
    int: entry('I32', [1], [25, 29]),
    tiny: entry('I8', [1], [29, 30]),
  };
  const { tensors } = await readSafetensors(await assemble(JSON.stringify(header), data));
  const values = async (name: string) => [...(await readTensor(get(tensors, name))).data];
  expect(await values('byte')).toEqual([200]);
  expect(await values('half')).toEqual([1, -65504]);
  expect(await values('brain')).toEqual([1, -3.140625]);
  expect(await values('long')).toEqual([-5, 2 ** 40]);
  expect(await values('int')).toEqual([-7]);
  expect(await values('tiny')).toEqual([-3]);
});

test('element types nothing computes with are listed apart', async () => {
  const header = JSON.stringify({ d: entry('U64', [1], [0, 8]) });
  const { tensors, unsupported } = await readSafetensors(await assemble(header, Buffer.alloc(8)));
  expect(tensors.size).toBe(0);
  expect(unsupported.get('d')).toBe('U64');
});

test('rows and columns equal those of the whole', async () => {
  const data = Float32Array.from({ length: 35 }, (_, i) => i);
  await writeSafetensors(at('w'), { m: { dims: [5, 7], data } });
  const stored = get((await readSafetensors(at('w'))).tensors, 'm');
  const rows = await readRows(stored, [4, 0, 4]);
  expect(rows.dims).toEqual([3, 7]);
  expect([...rows.data.subarray(7, 9)]).toEqual([0, 1]);
  expect([...rows.data.subarray(14, 16)]).toEqual([28, 29]);
  const columns = await readColumns(stored, Uint32Array.of(6, 1));
  expect(columns.dims).toEqual([2, 5]);
  expect([...columns.data]).toEqual([6, 13, 20, 27, 34, 1, 8, 15, 22, 29]);
  await expect(readRows(stored, [5])).rejects.toMatchObject({ code: 'badArgument' });
  await expect(readColumns(stored, [-1])).rejects.toMatchObject({ code: 'badArgument' });
});

test('a file that shrank after its header was read is cut short, not zero-filled', async () => {
  await writeSafetensors(at('w'), { m: { dims: [4], data: Float32Array.of(1, 2, 3, 4) } });
  const stored = get((await readSafetensors(at('w'))).tensors, 'm');
  const bytes = await readFile(at('w'));
  await writeFile(at('w'), bytes.subarray(0, bytes.length - 1));
  await expect(readTensor(stored)).rejects.toMatchObject({ code: 'fileDamaged' });
});

describe('damaged files are refused', () => {
  const f32 = entry('F32', [2], [0, 8]);
  const eight = Buffer.alloc(8);
  const cases: readonly [name: string, header: unknown, data: Uint8Array][] = [
    ['an entry that is no object', { a: 3 }, eight],
    ['no dtype', { a: { shape: [2], data_offsets: [0, 8] } }, eight],
    ['an unknown dtype', { a: entry('F33', [2], [0, 8]) }, eight],
    ['a negative size', { a: entry('F32', [-2], [0, 8]) }, eight],
    ['a fractional size', { a: entry('F32', [0.5, 4], [0, 8]) }, eight],
    ['a size that is text', { a: entry('F32', ['2'], [0, 8]) }, eight],
    ['sizes whose product overflows', { a: entry('F32', [2 ** 40, 2 ** 40], [0, 8]) }, eight],
    ['three offsets', { a: entry('F32', [2], [0, 8, 8]) }, eight],
    ['offsets in the wrong order', { a: entry('F32', [2], [8, 0]) }, eight],
    ['shape against length', { a: entry('F32', [3], [0, 8]) }, eight],
    ['an end past the file', { a: entry('F32', [4], [0, 16]) }, eight],
    ['an overlap', { a: f32, b: entry('F32', [1], [4, 8]) }, eight],
    ['two tensors in one place', { a: f32, b: f32 }, eight],
    ['a hole', { a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [8, 12]) }, Buffer.alloc(12)],
    ['bytes that belong to no tensor', { a: f32 }, Buffer.alloc(9)],
    ['metadata that is not text', { __metadata__: { a: 1 }, a: f32 }, eight],
    ['metadata that is a list', { __metadata__: [], a: f32 }, eight],
    ['a list as header', [], eight],
    ['null as header', null, eight],
  ];
  test.each(cases)('%s', async (_, header, data) => {
    const file = await assemble(JSON.stringify(header), data);
    await expect(readSafetensors(file)).rejects.toMatchObject({ code: 'fileDamaged' });
  });

  test('a header that is no JSON, or no UTF-8', async () => {
    const damaged = { code: 'fileDamaged' };
    await expect(readSafetensors(await assemble('{', eight))).rejects.toMatchObject(damaged);
    const notUtf8 = Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d);
    await expect(readSafetensors(await assemble(notUtf8, eight))).rejects.toMatchObject(damaged);
  });

  test.each([9n, 100_000_001n, 1n << 53n, (1n << 64n) - 1n])(
    'a header length of %s',
    async (claimed) => {
      const file = await assemble('{}', new Uint8Array(0), claimed);
      await expect(readSafetensors(file)).rejects.toMatchObject({ code: 'fileDamaged' });
    },
  );

  test('an empty file and a missing one', async () => {
    await writeFile(at('empty'), '');
    await expect(readSafetensors(at('empty'))).rejects.toMatchObject({ code: 'fileDamaged' });
    await expect(readSafetensors(at('none'))).rejects.toMatchObject({ code: 'fileMissing' });
  });
});

test('every truncation and random damage of a valid file gives a MonosemError or valid tensors', async () => {
  await writeSafetensors(at('w'), {
    a: { dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    b: { dims: [2], data: Float32Array.of(7, 8) },
  });
  const valid = await readFile(at('w'));
  for (let length = 0; length < valid.length; length += 1) {
    await writeFile(at('cut'), valid.subarray(0, length));
    await expect(readSafetensors(at('cut'))).rejects.toMatchObject({ code: 'fileDamaged' });
  }
  const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = Buffer.from(valid);
      for (const [position, value] of changes) bytes[position] = value;
      await writeFile(at('hit'), bytes);
      try {
        const { tensors } = await readSafetensors(at('hit'));
        for (const stored of tensors.values()) {
          expect(stored.offset + stored.length).toBeLessThanOrEqual(bytes.length);
          await readTensor(stored);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(MonosemError);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});
