// Texts read under edits by every family of models: several rows begin from the cache of one, in whatever form it comes.
// The untouched row loses what transformers says, and sees nothing of the others.
import { describe, expect, test } from 'vitest';
import { logSoftmaxAt } from '../../../src/engine/math/softmax.ts';
import type { KvCache } from '../../../src/engine/model/kvCache.ts';
import { neuronsOf, neuronsPerSite } from '../../../src/engine/sae/neurons.ts';
import { openForcedProgram } from '../../../src/engine/steering/forcedProgram.ts';
import { rowsFor, RowsTogether } from '../../../src/engine/steering/rows.ts';
import { teacherForced, type ForcedRow } from '../../../src/engine/steering/teacherForced.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { planOf, readyFor, saePlace } from '../../fixtures/steering.ts';
import { manifest, readReference, relativeError, type GoldenFile } from '../families/goldens.ts';
import { openCapture, openGolden } from '../families/runs.ts';

const still = (): Promise<void> => Promise.resolve();

const runnable = manifest.files.filter(
  ({ runError, singleToken, precision }) =>
    runError === undefined && !singleToken && precision === 'fp32',
);
// The dialects differ in how they keep their caches, and some keep none: every one of two families, one of the others.
const files = runnable.filter(
  (golden) =>
    ['gpt2', 'llama'].includes(golden.family) ||
    runnable.find(({ family }) => family === golden.family) === golden,
);

type Open = Awaited<ReturnType<typeof openGolden>>;

/** Each token's loss by the logits [1, T, V] of another program. */
function lossesOf(logits: Tensor | undefined, ids: Uint32Array): number[] {
  const V = logits?.dims.at(-1) ?? 0;
  const data = logits?.data ?? new Float32Array(0);
  return Array.from(ids.subarray(1), (id, t) => -logSoftmaxAt(data, id, t * V, V));
}

/** A loss is off by at most the errors of two logits, which the exporter has made, and by other orders of sums. */
const boundOf = ({ exporterError = 0 }: GoldenFile): number => 2 * exporterError + 1e-4;

/** Reads a text behind what is in the cache of its first half, in runs of 4 tokens where there is such a cache. */
async function reader(
  { model: onnx, sites, file }: Open,
  ids: Uint32Array,
  cache: KvCache | undefined,
  edits: readonly (readonly SteerEdit[])[],
): Promise<{ read: (rowsApart: boolean) => Promise<ForcedRow[]>; close: () => void }> {
  const [site = ''] = neuronsPerSite({ sites }).keys();
  const sae = neuronsOf({ name: 'golden', folder: '', onnxFile: file, sites }, site);
  const execution = { provider: 'cpu', threads: 1 };
  const edited = { model: { onnx, sites, execution }, saes: [sae] };
  const plan = planOf(edited, edits);
  const ready = await readyFor(edited, plan, openForcedProgram);
  const from = cache?.length ?? 0;
  return {
    read: (rowsApart) =>
      teacherForced(
        {
          edits: ready,
          rows: plan.rows.map((row) => ({ plan: row, ids })),
          ...{ from, until: ids.length, rowsApart },
          ...(cache === undefined ? {} : { cache }),
          blockEnd: (at) => (cache === undefined ? Infinity : at + 4),
          readAt: from + 1,
        },
        still,
      ),
    close: () => {
      ready.program.dispose();
    },
  };
}

describe.each(files.map((golden) => [golden.file, golden] as const))('%s', (_, golden) => {
  test('rows begin from one cache and do not see each other', async () => {
    const open = await openGolden(golden);
    const { ids, values } = await readReference(`${golden.family}/reference.safetensors`);
    const cache = await cacheOf(open, ids.slice(0, ids.length >> 1));
    const from = cache?.length ?? 0;
    const positions = { ranges: [{ from: from + 1, to: from + 2 }] };
    const change = (amount: number): SteerEdit[] => [
      { sae: saePlace(0), feature: featureIndex(1), operation: 'add', amount, positions },
    ];
    const { read, close } = await reader(open, ids, cache, [[], change(20), change(-20)]);
    const apart = await read(true);
    const { oneRowBehindCache } = open.sites;
    expect(oneRowBehindCache).toBe(golden.dialect.startsWith('genai'));
    if (oneRowBehindCache) await expect(read(false)).rejects.toThrow(/batch_size must be 1/);
    const together = oneRowBehindCache ? apart : await read(false);
    close();
    const [plain = new Float32Array(0), ...others] = together.map(({ losses }) =>
      losses.subarray(0, -1),
    );
    const bound = boundOf(golden);
    for (const [i, loss] of lossesOf(values.get('logits'), ids).slice(from).entries())
      expect(Math.abs((plain[i] ?? NaN) - loss)).toBeLessThan(bound);
    for (const losses of others) {
      expect(losses[0]).toBe(plain[0]);
      expect(losses[1]).not.toBe(plain[1]);
    }
    for (const [b, { losses }] of apart.entries()) {
      const own = together[b]?.losses.subarray(0, -1) ?? [];
      expect(relativeError(own, losses.subarray(0, -1))).toBeLessThan(1e-5);
    }
  });
});

test('a long prompt of a model that reads one row behind a cache is steered row by row', async () => {
  const golden = files.find(({ dialect }) => dialect.startsWith('genai'));
  if (golden === undefined) throw new Error('no such model');
  const open = await openGolden(golden);
  const { ids } = await readReference(`${golden.family}/reference.safetensors`);
  const model = { onnx: open.model, sites: open.sites, execution: { provider: 'cpu', threads: 1 } };
  const edited = { model, saes: [] };
  const edits = await readyFor(edited, planOf(edited, [[], []]));
  const rows = rowsFor(open.sites, edits, { readsBehindCache: true });
  const both = (part: Uint32Array): Promise<Float32Array[]> => rows.feed([part, part]);
  await both(ids.slice(0, 5));
  const [first, second] = await both(ids.slice(5));
  const whole = await new RowsTogether(edits, edits.plan.rows.slice(1)).feed([ids]);
  edits.program.dispose();
  expect(relativeError(first ?? [], whole[0] ?? [])).toBeLessThan(1e-5);
  expect(second).toEqual(first);
});

async function cacheOf(open: Open, ids: Uint32Array): Promise<KvCache | undefined> {
  const capture = await openCapture(open);
  const { cache } = await capture.run({ ids, batch: 1 });
  capture.dispose();
  return cache;
}
