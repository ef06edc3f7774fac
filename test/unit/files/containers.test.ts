// Containers written by numpy and PyTorch (test/golden/containers, scripts/golden/containers.py) are read bit for bit.
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNpz } from '../../../src/engine/files/containers/npz.ts';
import { readSafetensorsTable } from '../../../src/engine/files/containers/shardedSafetensors.ts';
import type { StoredView, TensorTable } from '../../../src/engine/files/containers/tensorTable.ts';
import {
  isTorchDict,
  readTorch,
  torchTable,
} from '../../../src/engine/files/containers/torchFile.ts';
import type { TorchDict } from '../../../src/engine/files/containers/torchTree.ts';
import { writeSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';

const at = useTemporaryFolder();
const golden = path.join(import.meta.dirname, '..', '..', 'golden', 'containers');

interface Expected {
  readonly shape: readonly number[];
  readonly type: string;
  readonly hex: string;
}

const { files } = JSON.parse(readFileSync(path.join(golden, 'expected.json'), 'utf8')) as {
  readonly files: Readonly<Record<string, Readonly<Record<string, Expected>>>>;
};

/** A copy, so that nothing is unpacked into the repository. */
async function copied(name: string): Promise<string> {
  await copyFile(path.join(golden, name), at(name));
  return at(name);
}

async function readDict(file: string): Promise<TorchDict> {
  const { root } = await readTorch(file);
  if (!isTorchDict(root)) throw new Error(`${file} is no dict`);
  return root;
}

async function readAny(name: string): Promise<TensorTable> {
  const file = await copied(name);
  return name.endsWith('.npz') ? readNpz(file) : torchTable(file, await readDict(file));
}

function get(table: TensorTable, name: string): StoredView {
  const view = table.tensors.get(name);
  if (view === undefined) throw new Error(`no ${name}`);
  return view;
}

/** Bytes in the order that the tensor is meant: row-major. */
async function rowMajor({ stored, isTransposed }: StoredView): Promise<Buffer> {
  const content = await readFile(stored.file);
  const bytes = content.subarray(stored.offset, stored.offset + stored.length);
  if (!isTransposed) return bytes;
  const [rows = 0, columns = 0] = stored.dims;
  const size = stored.length / (rows * columns);
  const elements: Buffer[] = [];
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < rows; row += 1) {
      const start = (row * columns + column) * size;
      elements.push(bytes.subarray(start, start + size));
    }
  }
  return Buffer.concat(elements);
}

test.each(Object.entries(files))('%s: every tensor, bit for bit', async (name, expected) => {
  const table = await readAny(name);
  expect([...table.tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [tensor, { shape, type, hex }] of Object.entries(expected)) {
    const view = get(table, tensor);
    const dims = view.isTransposed ? [...view.stored.dims].reverse() : view.stored.dims;
    expect({ tensor, dims, type: view.stored.type }).toEqual({ tensor, dims: shape, type });
    expect((await rowMajor(view)).toString('hex')).toBe(hex);
  }
});

describe('layouts', () => {
  test('what was stored is used where it lies, what was deflated is unpacked once', async () => {
    const stored = get(await readAny('stored.npz'), 'W_enc').stored;
    expect(stored.file).toBe(at('stored.npz'));
    const first = get(await readAny('deflated.npz'), 'W_enc').stored;
    const again = get(await readNpz(at('deflated.npz')), 'W_enc').stored;
    expect(again).toEqual(first);
    expect((await readdir(at())).filter((name) => name.endsWith('.unpacked'))).toHaveLength(1);
    expect((await readTensor(first)).data).toEqual((await readTensor(stored)).data);
  });

  test('Fortran order and transposed views are marked, not copied', async () => {
    expect(get(await readAny('stored.npz'), 'W_dec')).toMatchObject({
      isTransposed: true,
      stored: { dims: [6, 10] },
    });
    expect(get(await readAny('zip.pt'), 'decoder.weight')).toMatchObject({
      isTransposed: true,
      stored: { dims: [10, 6] },
    });
  });

  test('doubles are rounded to float32', async () => {
    const table = await readAny('stored.npz');
    const { data } = await readTensor(get(table, 'double').stored);
    const bytes = Buffer.from(files['stored.npz']?.['double']?.hex ?? '', 'hex');
    const doubles = [0, 8, 16, 24].map((offset) => Math.fround(bytes.readDoubleLE(offset)));
    expect([...data]).toEqual(doubles);
  });

  test('what cannot be used is named, and does not stop the rest', async () => {
    expect(Object.fromEntries((await readAny('unusable.npz')).unusable)).toEqual({
      big: 'has the numpy type >f4',
      objects: 'has the numpy type |O',
      record: 'has the numpy type of a record',
      cube: 'is in Fortran order with 3 axes',
      flags: 'has the numpy type |b1',
    });
    expect(Object.fromEntries((await readAny('legacy.pt')).unusable)).toEqual({
      strided: 'is a view with strides [5, 2]',
      mask: 'has the type torch.bool',
    });
  });

  test.each(['zip.pt', 'legacy.pt', 'protocol4.pt'])('%s: plain values', async (name) => {
    const dict = await readDict(await copied(name));
    expect(dict.get('activation')).toBe('TopK');
    expect(dict.get('activation_state_dict')).toEqual(
      new Map<string, unknown>([
        ['k', 32],
        ['postact_fn', 'ReLU'],
      ]),
    );
    const numbers = [1, -70000, 2 ** 40, -(2n ** 80n), 1.5, null, true, false];
    expect(dict.get('numbers')).toEqual(numbers);
    expect(dict.get('tuple')).toEqual([1, ['a', 'b']]);
    expect(dict.get('set')).toEqual([3]);
    expect(dict.get('device')).toBe('cpu');
    expect(dict.get('dtype')).toBe('torch.float16');
    expect(dict.get('ordered')).toEqual(new Map([['x', 1]]));
  });

  test('views of one storage lie in the same bytes', async () => {
    const table = await readAny('zip.pt');
    const [a, b] = [get(table, 'shared_a').stored, get(table, 'shared_b').stored];
    expect(b.offset - a.offset).toBe(40);
  });
});

describe('safetensors in shards', () => {
  const a = { dims: [2], data: Float32Array.of(1, 2) };
  const b = { dims: [1], data: Float32Array.of(3) };

  async function index(map: unknown): Promise<void> {
    await mkdir(at('s'), { recursive: true });
    await writeSafetensors(at('s', 'x-1.safetensors'), { a });
    await writeSafetensors(at('s', 'x-2.safetensors'), { b });
    await writeFile(at('s', 'x.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  }

  test('are read through their index', async () => {
    await index({ a: 'x-1.safetensors', b: 'x-2.safetensors' });
    const table = await readSafetensorsTable(at('s', 'x.safetensors'));
    expect(await readTensor(get(table, 'a').stored)).toEqual(a);
    expect(await readTensor(get(table, 'b').stored)).toEqual(b);
  });

  test.each([
    [
      { a: '../x-1.safetensors' },
      '"../x-1.safetensors" is no name of a safetensors file beside it',
    ],
    [
      { a: '/etc/x.safetensors' },
      '"/etc/x.safetensors" is no name of a safetensors file beside it',
    ],
    [{ a: 7 }, '7 is no name of a safetensors file beside it'],
    [{ b: 'x-1.safetensors' }, 'tensor b is not in x-1.safetensors'],
    [[], 'it has no weight_map'],
  ])('an index of %j is refused', async (map, problem) => {
    await index(map);
    const file = at('s', 'x.safetensors');
    await expect(readSafetensorsTable(file)).rejects.toMatchObject({
      code: 'fileDamaged',
      message: `The safetensors index ${file}.index.json is damaged: ${problem}; download or export it again.`,
    });
  });
});
