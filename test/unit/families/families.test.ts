// Every family in every exporter's dialect: each site holds what the transformers library computes there, with and
// without KV cache, and the overlay changes no bit of the logits.
import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../onnx/decoderRuns.ts';
import { familyOf, manifest, readReference, relativeError } from './goldens.ts';
import type { Precision, Reference } from './goldens.ts';
import { modelTable, withoutFigures, writeTable, writtenTable } from './modelTable.ts';
import {
  captured,
  editedLogits,
  openCapture,
  openGolden,
  overlayLogits,
  plainLogits,
} from './runs.ts';

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

/** Set to write the table of docs/models.md instead of comparing it. */
const isUpdating = process.env['MONOSEM_UPDATE_DOCS'] !== undefined;

/** Traced by old optimum with a cache and one new token, which lost them the causal mask. */
const tracedForOneToken = new Set(['gpt2/optimum-merged.onnx', 'gpt2/optimum-with-past.onnx']);

const measured = new Map<string, number>();
const runnable = manifest.files.filter(
  ({ file, runtimeError }) =>
    runtimeError === undefined && !(tracedForOneToken.has(file) && !file.includes('merged')),
);

describe.each(runnable.map((golden) => [golden.file, golden] as const))('%s', (file, golden) => {
  const family = familyOf(golden);
  const reference = readReference(`${golden.family}/reference.safetensors`);

  test('every site holds what the reference holds', async () => {
    const open = await openGolden(golden);
    const expected = expectedSites(family.layers, family.parallel);
    expect([...open.sites.sites.keys()].sort()).toEqual(expected);
    const { ids, values } = await reference;
    const program = await openCapture(open);
    try {
      const found = captured(await program.run({ ids, batch: 1 }), open.sites);
      const errors = errorsBySite(found, values);
      expectWithin(bounds[golden.precision], errors);
      measured.set(file, Math.max(...errors.values()));
    } finally {
      program.dispose();
    }
  });

  test('the overlay changes no bit of the logits', async () => {
    const open = await openGolden(golden);
    const { ids } = await reference;
    const [instrumented, plain] = [await overlayLogits(open, ids), await plainLogits(open, ids)];
    // onnxruntime optimises a branch of an If less than the same graph on its own, and so sums in another order.
    if (golden.dialect === 'optimum-merged') {
      expect(
        relativeError(instrumented.data as Float32Array, plain.data as Float32Array),
      ).toBeLessThan(1e-5);
    } else expectSameBits(instrumented, plain);
  });

  test('an edit at any site gives the logits of the same edit in the reference', async () => {
    const open = await openGolden(golden);
    const { ids } = await reference;
    const { values } = await readReference(`${golden.family}/edits.safetensors`);
    expect(values.size).toBe(family.parallel ? 7 : 8);
    const found = await editedLogits(open, ids, [...values.keys()]);
    expectWithin(2 * bounds[golden.precision], errorsBySite(found, values));
  });

  const cached = golden.kvCache && !tracedForOneToken.has(file) ? test : test.skip;
  cached('the second half behind the KV cache of the first is the same', async () => {
    const open = await openGolden(golden);
    const { ids, values } = await reference;
    const half = Math.floor(ids.length / 2);
    const program = await openCapture(open);
    try {
      expect(program.hasCache).toBe(true);
      const { cache } = await program.run({ ids: ids.subarray(0, half), batch: 1 });
      if (cache === undefined) throw new Error('no cache');
      const second = await program.run({ ids: ids.subarray(half), batch: 1, cache });
      const errors = errorsBySite(captured(second, open.sites), tails(values, half / ids.length));
      expectWithin(bounds[golden.precision], errors);
    } finally {
      program.dispose();
    }
  });
});

test.each(manifest.files.filter(({ file }) => tracedForOneToken.has(file)))(
  '$file cannot read several tokens behind a cache',
  async (golden) => {
    if (golden.dialect === 'optimum-merged') {
      const { sites } = await openGolden(golden);
      expect(sites.inputs.past).toEqual([]);
    } else {
      await expect(openGolden(golden)).rejects.toThrow('reads only one token at a time');
    }
  },
);

test('docs/models.md says what was measured here', () => {
  const table = modelTable(measured);
  if (isUpdating) writeTable(table);
  expect(withoutFigures(writtenTable())).toBe(withoutFigures(table));
});

type Values = Reference['values'];

function errorsBySite(
  found: ReadonlyMap<string, Float32Array>,
  values: Values,
): Map<string, number> {
  return new Map(
    [...values].map(([name, { data }]) => [name, relativeError(found.get(name) ?? [], data)]),
  );
}

function expectWithin(bound: number, errors: ReadonlyMap<string, number>): void {
  expect([...errors].filter(([, error]) => !(error <= bound))).toEqual([]);
}

/** [1, T, …] → its rows behind the first share of T. */
function tails(values: Values, share: number): Values {
  return new Map(
    [...values].map(([name, { dims, data }]) => [
      name,
      { dims, data: data.subarray(Math.round(data.length * share)) },
    ]),
  );
}

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
