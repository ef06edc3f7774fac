// Damage of every kind to every container: what comes out is a MonosemError of one sentence or tensors that lie inside
// their file and can be read, without a crash, without hanging (the test would time out), and without taking memory a file of 5 KB cannot need.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { readNpz } from '../../../src/engine/files/containers/npz.ts';
import { readSafetensorsTable } from '../../../src/engine/files/containers/shardedSafetensors.ts';
import type { TensorTable } from '../../../src/engine/files/containers/tensorTable.ts';
import {
  isTorchDict,
  readTorch,
  torchTable,
} from '../../../src/engine/files/containers/torchFile.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';
import { npy, zip } from './zipFile.ts';

const at = useTemporaryFolder();
const golden = (name: string): Buffer =>
  readFileSync(path.join(import.meta.dirname, '../../golden/containers', name));

const runs = 2000;
const maxGrowthBytes = 600 * 1024 * 1024;

interface Damage {
  readonly kind: 'flip' | 'set' | 'extreme' | 'cut' | 'remove' | 'repeat';
  /** Where, as a share of the file. */
  readonly at: number;
  readonly value: number;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'extreme', 'cut', 'remove', 'repeat'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  value: fc.nat(255),
});

/** Numbers that overflow, turn negative or are just too large. */
const extremes = [
  'ffffffff',
  '00000080',
  'ffffff7f',
  '00000000',
  'ffffffffffffffff',
  '0000000000000040',
];

function apply(bytes: Buffer, { kind, at: share, value }: Damage): Buffer {
  const position = Math.floor(share * bytes.length);
  const copy = Buffer.from(bytes);
  switch (kind) {
    case 'flip':
      copy[position] = (copy[position] ?? 0) ^ (1 << (value % 8));
      return copy;
    case 'set':
      copy[position] = value;
      return copy;
    case 'extreme':
      Buffer.from(extremes[value % extremes.length] ?? '', 'hex').copy(copy, position);
      return copy;
    case 'cut':
      return copy.subarray(0, position);
    case 'remove':
      return Buffer.concat([
        copy.subarray(0, position),
        copy.subarray(position + 1 + (value % 16)),
      ]);
    case 'repeat':
      return Buffer.concat([
        copy.subarray(0, position + 1 + (value % 16)),
        copy.subarray(position),
      ]);
  }
}

async function readTorchTable(file: string): Promise<TensorTable> {
  const { root } = await readTorch(file);
  return torchTable(file, isTorchDict(root) ? root : new Map());
}

async function expectReadable({ tensors }: TensorTable): Promise<void> {
  for (const { stored } of tensors.values()) {
    const { size } = await stat(stored.file);
    expect(stored.offset + stored.length).toBeLessThanOrEqual(size);
    const { dims, data } = await readTensor(stored);
    expect(data.length).toBe(dims.reduce((product, dim) => product * dim, 1));
  }
}

/** The member that is small enough for damage to hit its length, its header and its checksum often. */
const tiny = zip([{ name: 'w.npy', content: npy([2], Buffer.alloc(8, 1)), isDeflated: true }]);

test.each<readonly [string, Buffer, (file: string) => Promise<TensorTable>]>([
  ['stored.npz', golden('stored.npz'), readNpz],
  ['deflated.npz', tiny, readNpz],
  ['zip.pt', golden('zip.pt'), readTorchTable],
  ['legacy.pt', golden('legacy.pt'), readTorchTable],
  ['protocol4.pt', golden('protocol4.pt'), readTorchTable],
  ['module.safetensors', safetensors(), readSafetensorsTable],
])(
  '%s',
  async (name, original, read) => {
    const before = process.memoryUsage.rss();
    await writeFile(at(name), original);
    await expectReadable(await read(at(name)));
    const property = fc.asyncProperty(
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      async (list) => {
        await writeFile(at(name), list.reduce(apply, original));
        try {
          await expectReadable(await read(at(name)));
        } catch (error) {
          if (!MonosemError.is(error)) throw error;
          expect(error.message).toMatch(/^[^\n]{1,1000}\.$/);
        }
      },
    );
    await fc.assert(property, { numRuns: runs });
    expect(process.memoryUsage.rss() - before).toBeLessThan(maxGrowthBytes);
    const left = (await readdir(at())).filter((file) => file.endsWith('.tmp'));
    expect(left).toEqual([]);
    await rm(at(name));
  },
  120_000,
);

function safetensors(): Buffer {
  const header = Buffer.from(
    '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F64","shape":[1,1],"data_offsets":[8,16]}}',
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(16, 1)]);
}
