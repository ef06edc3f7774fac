// Every family in every exporter's dialect: each site holds what the transformers library computes there, with and
// without KV cache, and the overlay changes no bit of the logits.
import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../onnx/decoderRuns.ts';
import { familyOf, manifest, readReference, relativeError, type Precision } from './goldens.ts';
import { captured, openCapture, openGolden, overlayLogits, plainLogits } from './runs.ts';

/**
 * Largest relative error against float32 transformers. fp32: another order of summation, over two layers. fp16, bf16:
 * 11 and 8 bits of mantissa, with some dozen roundings in a row. q8, q4: what the weights lost; only that the right
 * place is read can be seen at such bounds, the tight comparison is with the same file in Python.
 */
const bounds: Readonly<Record<Precision, number>> = {
  fp32: 1e-4,
  fp16: 1e-2,
  bf16: 8e-2,
  q8: 0.15,
  q4: 0.6,
};

/** Cached and uncached runs take other kernels. */
const cacheBound = 1e-4;

describe.each(manifest.files.map((file) => [file.file, file] as const))('%s', (_, golden) => {
  const family = familyOf(golden);
  const bound = Math.max(bounds[golden.precision], 0);
  const referenceFile = `${golden.family}/reference.safetensors`;

  test('every site holds what the reference holds', async () => {
    const open = await openGolden(golden);
    expect([...open.sites.sites.keys()].sort()).toEqual(
      expectedSites(family.layers, family.parallel),
    );
    const { ids, values } = await readReference(referenceFile);
    const program = await openCapture(open);
    try {
      const found = captured(await program.run({ ids, batch: 1 }), open.sites);
      const errors = [...values].map(([name, { data }]) => [
        name,
        relativeError(found.get(name) ?? [], data),
      ]);
      expect(errors.filter(([, error]) => !(Number(error) <= bound))).toEqual([]);
    } finally {
      program.dispose();
    }
  });

  test('the overlay changes no bit of the logits', async () => {
    const open = await openGolden(golden);
    const { ids } = await readReference(referenceFile);
    expectSameBits(await overlayLogits(open, ids), await plainLogits(open, ids));
  });

  test.runIf(golden.kvCache)(
    'the second half behind the cache of the first is the same',
    async () => {
      const open = await openGolden(golden);
      const { ids, values } = await readReference(referenceFile);
      const program = await openCapture(open);
      try {
        expect(program.hasCache).toBe(true);
        const half = Math.floor(ids.length / 2);
        const first = await program.run({ ids: ids.subarray(0, half), batch: 1 });
        const second = await program.run({
          ids: ids.subarray(half),
          batch: 1,
          ...(first.cache === undefined ? {} : { cache: first.cache }),
        });
        const found = captured(second, open.sites);
        const errors = [...values].map(([name, { data }]) => {
          const tail = data.subarray((data.length / ids.length) * half);
          return [name, relativeError(found.get(name) ?? [], tail)];
        });
        expect(
          errors.filter(([, error]) => !(Number(error) <= Math.max(bound, cacheBound))),
        ).toEqual([]);
      } finally {
        program.dispose();
      }
    },
  );
});

function expectedSites(layers: number, parallel: boolean): string[] {
  const hooks = [
    'hook_resid_pre',
    'attn.hook_z',
    'hook_attn_out',
    ...(parallel ? [] : ['hook_resid_mid']),
    'ln2.hook_normalized',
    'mlp.hook_post',
    'hook_mlp_out',
    'hook_resid_post',
  ];
  const blocks = Array.from({ length: layers }, (_, i) =>
    hooks.map((hook) => `blocks.${i}.${hook}`),
  );
  return ['hook_embed', ...blocks.flat()].sort();
}
