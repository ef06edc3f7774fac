// Every family in every exporter's dialect: each site holds what the transformers library computes there, with and
// without KV cache, and the overlay changes no bit of the logits.
import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../onnx/decoderRuns.ts';
import { familyOf, manifest, readReference, relativeError } from './goldens.ts';
import type { GoldenFile, Reference } from './goldens.ts';
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
 * 11 and 8 bits of mantissa, with some dozen roundings in a row. 8 and 4 bits: what the weights lost; only that the
 * right place is read can be seen at such bounds, the tight comparison is with the same file in Python.
 */
const bounds: readonly (readonly [precision: RegExp, bound: number])[] = [
  [/int4|q4/, 0.6],
  [/int8|q8/, 0.15],
  [/bf16/, 8e-2],
  [/fp16/, 1e-2],
  [/fp32/, 1e-4],
];

/** Between two versions of onnxruntime, whose kernels round half precision and accumulate in other orders. */
const ownFileBound = 5e-3;

/** Traced by old optimum with a cache and one new token, which lost its branch with cache the causal mask. */
const losesItsCache = new Set(['gpt2/optimum-merged.onnx']);

/** Set to write the table of docs/models.md instead of comparing it. */
const isUpdating = process.env['MONOSEM_UPDATE_DOCS'] !== undefined;

const measured = new Map<string, number>();
const runnable = manifest.files.filter(
  ({ runError, singleToken }) => runError === undefined && !singleToken,
);

describe.each(runnable.map((golden) => [golden.file, golden] as const))('%s', (file, golden) => {
  const family = familyOf(golden);
  const reference = readReference(`${golden.family}/reference.safetensors`);

  test('every site holds what the reference holds', async () => {
    const open = await openGolden(golden);
    const expected = expectedSites(family.layers, family.parallel);
    // Where positions are added inside the look-up, the tokens alone are nowhere.
    const found = new Set(open.sites.sites.keys());
    if (golden.dialect === 'ort-attention') found.add('hook_embed');
    expect([...found].sort()).toEqual(expected);
    const { ids, values } = await reference;
    for (const [name, { width }] of open.sites.sites) {
      const { dims } = values.get(name) ?? {};
      if (width !== undefined && dims !== undefined)
        expect([name, width]).toEqual([name, dims.at(-1)]);
    }
    const program = await openCapture(open);
    try {
      const errors = errorsBySite(
        captured(await program.run({ ids, batch: 1 }), open.sites),
        values,
      );
      expectWithin(boundOf(golden, await reference), errors);
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
    expectWithin(2 * boundOf(golden, await reference), errorsBySite(found, values));
  });

  const { values: ownFile } = golden;
  if (ownFile !== undefined)
    test('a compressed file holds what it holds in Python', async () => {
      const open = await openGolden(golden);
      const own = await readReference(ownFile);
      const { ids } = await reference;
      const program = await openCapture(open);
      try {
        const found = captured(await program.run({ ids, batch: 1 }), open.sites);
        expectWithin(ownFileBound, errorsBySite(found, own.values));
      } finally {
        program.dispose();
      }
    });

  if (golden.kvCache && !losesItsCache.has(file))
    test('the second half behind the KV cache of the first is the same', async () => {
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
        expectWithin(boundOf(golden, await reference), errors);
      } finally {
        program.dispose();
      }
    });
});

test.each(manifest.files.filter(({ singleToken }) => singleToken))(
  '$file is refused: it cannot read several tokens',
  async (golden) => {
    await expect(openGolden(golden)).rejects.toThrow('reads only one token at a time');
  },
);

test.each([...losesItsCache])('%s is read without its cache', async (file) => {
  const golden = manifest.files.find((each) => each.file === file);
  if (golden === undefined) throw new Error(`${file} is not in the manifest`);
  const { sites } = await openGolden(golden);
  expect(sites.inputs.past).toEqual([]);
});

test('docs/models.md says what was measured here', () => {
  const table = modelTable(measured);
  if (isUpdating) writeTable(table);
  expect(withoutFigures(writtenTable())).toBe(withoutFigures(table));
});

type Values = Reference['values'];

/**
 * A file cannot be nearer to the reference than its exporter left it (a rounded constant, a lost soft cap): three times
 * what its logits are off in Python, where that is more.
 */
function boundOf({ precision, exporterError = 0 }: GoldenFile, { values }: Reference): number {
  const [, bound = 0] = bounds.find(([pattern]) => pattern.test(precision)) ?? [];
  const { data: logits = new Float32Array(1) } = values.get('logits') ?? {};
  const scale = Float32Array.from(logits).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return Math.max(bound, (3 * exporterError) / scale);
}

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
