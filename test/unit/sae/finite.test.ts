// Weights with NaN or infinity, of every type and in every tensor an SAE computes with: refused when it is opened, in one
// sentence. The pass over the bytes finds what a look at every number finds.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findNonFinite } from '../../../src/engine/files/finiteTensor.ts';
import type { StoredType } from '../../../src/engine/files/storedTensor.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import type { Sae, SaeVector } from '../../../src/engine/sae/sae.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { storedOf } from './randomSae.ts';

const at = useTemporaryFolder();
const saes = path.join(import.meta.dirname, '..', '..', 'golden', 'saes');

/** Little-endian bytes of a number that is not finite, by type. */
const patterns: Readonly<Record<string, readonly (readonly [number, readonly number[]])[]>> = {
  float32: [
    [NaN, [0, 0, 0xc0, 0x7f]],
    [Infinity, [0, 0, 0x80, 0x7f]],
    [-Infinity, [0, 0, 0x80, 0xff]],
  ],
  float16: [
    [NaN, [1, 0x7c]],
    [Infinity, [0, 0x7c]],
    [-Infinity, [0, 0xfc]],
  ],
  bfloat16: [
    [NaN, [0xc0, 0x7f]],
    [Infinity, [0x80, 0x7f]],
    [-Infinity, [0x80, 0xff]],
  ],
  float64: [
    [NaN, [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
    // 1e39, which float32 cannot hold.
    [Infinity, [0x5c, 0xb2, 0xf6, 0xa2, 0x22, 0x7f, 0x07, 0x48]],
  ],
};

describe.each(Object.keys(patterns))('%s', (type) => {
  const size = patterns[type]?.[0]?.[1].length ?? 0;
  const find = (file: string, offset: number, length: number): ReturnType<typeof findNonFinite> =>
    findNonFinite({
      name: 't',
      type: type as StoredType,
      dims: [length / size],
      file,
      offset,
      length,
    });

  test('the first number that is not finite is found, wherever it lies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(patterns[type] ?? [])),
        fc.nat(3),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(39),
        async ([value, bytes], offset, count, place) => {
          const content = new Uint8Array(offset + count * size);
          // Sign and lowest exponents set everywhere: finite, and negative.
          content.fill(0x81, offset);
          const index = place % count;
          content.set(bytes, offset + index * size);
          const file = at(`${type}.bin`);
          writeFileSync(file, content);
          expect(await find(file, offset, count * size)).toEqual({ index, value });
          writeFileSync(file, content.fill(0x81));
          expect(await find(file, offset, count * size)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('also behind the first pieces that are read, and as the very last', async () => {
    const [, [value, bytes] = [0, []]] = patterns[type] ?? [];
    const count = (5 * 2 ** 20) / 2 / size + 1;
    for (const index of [2 ** 20 / size - 1, 2 ** 20 / size, count - 1]) {
      const content = new Uint8Array(count * size).fill(0x3f);
      content.set(bytes, index * size);
      writeFileSync(at('long.bin'), content);
      expect(await find(at('long.bin'), 0, content.length)).toEqual({ index, value });
    }
  });
});

test('a file that ends inside the tensor is cut short', async () => {
  writeFileSync(at('short.bin'), new Uint8Array(8));
  const stored = {
    name: 'W',
    type: 'float32',
    dims: [4],
    file: at('short.bin'),
    offset: 0,
  } as const;
  await expect(findNonFinite({ ...stored, length: 16 })).rejects.toMatchObject({
    code: 'fileDamaged',
    message: `The file of tensor W is cut short: ${at('short.bin')} ends inside it; download or copy the file again.`,
  });
});

/** A copy of a golden SAE, with one number of one tensor overwritten; the file it is in. */
async function damaged(
  name: string,
  pick: (sae: Sae) => SaeVector | undefined,
  index: number,
  bytes: readonly number[],
): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = at(path.basename(name));
  cpSync(path.join(saes, name), folder, { recursive: true });
  const vector = pick(await loadSae(folder));
  if (vector === undefined || !('file' in vector)) throw new Error('not stored');
  const content = readFileSync(vector.file);
  content.set(bytes, vector.offset + index * bytes.length);
  writeFileSync(vector.file, content);
  return { folder, file: vector.file };
}

describe('an SAE is refused', () => {
  const nan = [0, 0, 0xc0, 0x7f];

  test.each<[string, string, (sae: Sae) => SaeVector | undefined, string]>([
    ['sparsify/topk/layers.1', 'W_enc', ({ W_enc }) => storedOf(W_enc), 'encoder.weight'],
    ['sparsify/topk/layers.1', 'W_dec', ({ W_dec }) => storedOf(W_dec), 'W_dec'],
    [
      'sparsify/skip_transcoder/layers.1.mlp',
      'W_skip',
      ({ W_skip }) => W_skip && storedOf(W_skip),
      'W_skip',
    ],
  ])('%s with NaN in %s', async (name, _, pick, tensor) => {
    const { folder, file } = await damaged(name, pick, 35, nan);
    await expect(loadSae(folder)).rejects.toMatchObject({
      code: 'fileDamaged',
      message: `Tensor ${tensor} in ${file} holds NaN in row 1, column 3; download or export the SAE again, and choose another one if it stays so.`,
    });
  });

  test.each<[string, (sae: Sae) => SaeVector | undefined]>([
    ['b_enc', ({ b_enc }) => b_enc],
    ['b_dec', ({ b_dec }) => b_dec],
  ])('for NaN in %s', async (_, pick) => {
    const { folder } = await damaged('sparsify/topk/layers.1', pick, 5, nan);
    await expect(loadSae(folder)).rejects.toThrow(/holds NaN in element 5; download or export/);
  });

  test('for what was too large for float16', async () => {
    const pick = ({ W_enc }: Sae): SaeVector => storedOf(W_enc);
    const { folder, file } = await damaged(
      'saelens/standard_float16/blocks.1.hook_resid_post',
      pick,
      0,
      [0, 0xfc],
    );
    await expect(loadSae(folder)).rejects.toThrow(
      `Tensor W_enc in ${file} holds -Infinity in row 0, column 0; it was too large for float16, so convert the original weights to bfloat16 or float32.`,
    );
  });

  test('for a threshold that is infinite', async () => {
    const name = 'gemma_scope_2/resid_post/gemma-scope-2-270m-pt';
    const folder = at('gemma');
    cpSync(path.join(saes, name), folder, { recursive: true });
    const inner = path.join(folder, 'resid_post', 'layer_1_width_16k_l0_small');
    const { activation } = await loadSae(inner);
    if (activation.kind !== 'jumprelu' || !('file' in activation.threshold)) throw new Error(name);
    const { file, offset, type } = activation.threshold;
    expect(type).toBe('float32');
    const content = readFileSync(file);
    content.set([0, 0, 0x80, 0x7f], offset + 8);
    writeFileSync(file, content);
    await expect(loadSae(inner)).rejects.toThrow(
      `Tensor threshold in ${file} holds Infinity in element 2; download or export`,
    );
  });
});
