// What an analysis need not do again: batches the caller has are not sent, what nobody sees is not computed, and results
// on the disk are those that were computed, bit for bit, and nobody else's.
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type {
  AnalyseParams,
  AnalysisSummary,
  Source,
  TokenBatch,
} from '../../../src/shared/engineProtocol.ts';
import { charOffset } from '../../../src/shared/units.ts';
import { word, writeBundle } from '../../fixtures/bundle.ts';

let folder: string;
let source: Source;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-kept-'));
  const decoder = { kind: 'llama', seed: 31 } as const;
  const model = path.join(folder, 'model');
  ({ source } = await writeBundle(model, { decoder, sae: { architecture: 'jumprelu' }, seed: 32 }));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly summary: AnalysisSummary;
  readonly batches: readonly TokenBatch[];
}

async function ask(engine: Engine, params: Partial<AnalyseParams>): Promise<Answer> {
  const batches: TokenBatch[] = [];
  const summary = await engine.analyse(
    { source, document: 'd', text: '', topK: 5, loss: true, ...params },
    { signal: { aborted: false }, progress: (batch) => batches.push(batch) },
  );
  return { summary, batches };
}

const textOf = (ids: readonly number[]): string =>
  ids.map((id, i) => word(id) + (i % 9 === 8 ? '\n' : ' ')).join('');
const someText = (count: number, factor: number): string =>
  textOf(
    Array.from({ length: count }, (_, i) => 2 + ((i * factor + Math.floor(i / 50) ** 2) % 57)),
  );

/** Everything that is said of tokens, without the names of batches. */
const said = (batches: readonly TokenBatch[]): unknown =>
  batches.toSorted((a, b) => a.from - b.from).map((batch) => ({ ...batch, key: 0 }));

const placesOf = (batches: readonly TokenBatch[]): unknown =>
  batches
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, ids, starts, ends }) => [from, ids, starts, ends]);

/** What a caller has that knows `before` and gets an answer. */
function merged(
  before: ReadonlyMap<number, TokenBatch>,
  { summary, batches }: Answer,
): TokenBatch[] {
  const { keys, froms, starts } = summary.kept;
  const kept = Array.from(keys, (key, i) => {
    const batch = before.get(key);
    if (batch === undefined) throw new Error('a batch is kept that nobody has');
    const shift = (starts[i] ?? 0) - (batch.starts[0] ?? 0);
    return {
      ...batch,
      from: (froms[i] ?? 0) as typeof batch.from,
      starts: batch.starts.map((at) => at + shift),
      ends: batch.ends.map((at) => at + shift),
    };
  });
  return [...kept, ...batches];
}

test('kept batches and sent ones are together what is sent to someone who has none', async () => {
  const engine = Engine.create();
  const ids = fc.integer({ min: 2, max: 58 });
  const edit = fc.record({
    at: fc.nat(200),
    remove: fc.nat(5),
    insert: fc.array(ids, { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(ids, { minLength: 1, maxLength: 200 }),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      async (start, edits, run) => {
        const tokens = [...start];
        let has = new Map<number, TokenBatch>();
        for (const { at, remove, insert } of [{ at: 0, remove: 0, insert: [] }, ...edits]) {
          tokens.splice(Math.min(at, tokens.length), remove, ...insert);
          const question = { document: `kept ${run}`, text: textOf(tokens) };
          const answer = await ask(engine, { ...question, known: Float64Array.from(has.keys()) });
          const together = merged(has, answer);
          const all = await ask(engine, question);
          expect(said(together)).toEqual(said(all.batches));
          expect(answer.summary.coveredTokens).toBe(tokens.length);
          has = new Map(together.map((batch) => [batch.key, batch]));
        }
      },
    ),
    { numRuns: 15, seed: 5 },
  );
  await engine.dispose();
});

test('of a text of which only a part is seen, that part is computed; what was is told again', async () => {
  const engine = Engine.create();
  const text = someText(4000, 7);
  const at = (start: number): Partial<AnalyseParams> => ({
    text,
    extent: 'visible',
    visible: { start: charOffset(start), end: charOffset(start + 500) },
  });
  const first = await ask(engine, at(1000));
  expect(first.summary.tokens).toBe(4000);
  expect(first.summary.coveredTokens).toBeLessThan(2000);
  const covers = (batches: readonly TokenBatch[], place: number): boolean =>
    batches.some(({ starts, ends }) => (starts[0] ?? 0) <= place && place < (ends.at(-1) ?? 0));
  for (const place of [1000, 1250, 1499]) expect(covers(first.batches, place)).toBe(true);
  const second = await ask(engine, at(12_000));
  expect(covers(second.batches, 12_200)).toBe(true);
  expect(covers(second.batches, 1200)).toBe(true);
  expect(second.summary.reusedTokens).toBeGreaterThanOrEqual(first.summary.coveredTokens);
  const known = Float64Array.from(second.batches, ({ key }) => key);
  const third = await ask(engine, { ...at(1000), known });
  expect(third.batches).toEqual([]);
  expect([...third.summary.kept.keys].toSorted()).toEqual([...known].toSorted());
  const all = await ask(engine, { text });
  const fresh = await ask(engine, { text, document: 'fresh' });
  expect(placesOf(all.batches)).toEqual(placesOf(fresh.batches));
  await engine.dispose();
});

test('another engine finds results on the disk, bit for bit those that were computed', async () => {
  const cache = { folder: path.join(folder, 'cache'), megabytes: 8 };
  const text = someText(400, 11);
  const first = Engine.create(cache);
  const computed = await ask(first, { text });
  await first.dispose();
  const second = Engine.create(cache);
  const found = await ask(second, { text });
  expect(said(found.batches)).toEqual(said(computed.batches));
  expect((await second.clearAnalysisCache()).bytes).toBeGreaterThan(0);
  await second.dispose();
  expect(
    readdirSync(cache.folder, { recursive: true }).filter((name) => /blob/.test(String(name))),
  ).toEqual([]);
});

test('results belong to one model, one SAE, one question: any other computes its own', async () => {
  const cache = { folder: path.join(folder, 'other'), megabytes: 8 };
  const text = someText(60, 13);
  const blobs = (): number =>
    readdirSync(cache.folder, { recursive: true }).filter((name) => String(name).endsWith('.blob'))
      .length;
  /** Results that were added to the disk because none were found. */
  const computes = async (params: Partial<AnalyseParams>): Promise<number> => {
    const engine = Engine.create(cache);
    await ask(engine, { text, ...params });
    await engine.dispose();
    return blobs();
  };
  const windows = await computes({});
  expect(windows).toBeGreaterThan(0);
  expect(await computes({ document: 'elsewhere' })).toBe(windows);
  expect(await computes({ topK: 4 })).toBe(2 * windows);
  const [sae = ''] = source.saes;
  const touched = path.join(folder, 'touched');
  cpSync(sae, touched, { recursive: true });
  expect(await computes({ source: { ...source, saes: [touched] } })).toBe(3 * windows);
  for (const file of readdirSync(touched)) utimesSync(path.join(touched, file), 1e9, 1e9);
  expect(await computes({ source: { ...source, saes: [touched] } })).toBe(4 * windows);
  const model = path.join(folder, 'variant');
  cpSync(source.model, model, { recursive: true });
  const onnx = path.join(model, 'onnx', 'model.onnx');
  cpSync(onnx, path.join(model, 'onnx', 'model_fp16.onnx'));
  const variant = { ...source, model, variant: 'onnx/model_fp16.onnx' };
  expect(await computes({ source: variant })).toBe(5 * windows);
  expect(await computes({ source: variant })).toBe(5 * windows);
  // Any bytes behind the last field of a protobuf file are another file.
  appendFileSync(path.join(model, 'onnx', 'model_fp16.onnx'), new Uint8Array([0xfa, 0x7f, 0x00]));
  expect(await computes({ source: variant })).toBe(6 * windows);
});
