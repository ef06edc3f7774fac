// Features that are followed: what is said of them on every token is what the whole encoding says, however weak they are
// and wherever it comes from, and following some changes nothing else.
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { Program } from '../../../src/engine/model/program.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import { openSae } from '../../../src/engine/sae/open.ts';
import { emitEncode } from '../../../src/engine/sae/subgraph/encode.ts';
import type {
  AnalyseParams,
  AnalysisSummary,
  FeatureRef,
  SaePlace,
  SaeReading,
  TokenBatch,
} from '../../../src/shared/engineProtocol.ts';
import { charOffset, featureIndex } from '../../../src/shared/units.ts';
import { bosId, saeSite, word, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { home as quantizedModel } from '../onnx/minimind2.ts';
import { writeRandomSae } from '../sae/randomSae.ts';

/** Features per SAE, and how many are kept of a token: far fewer than are active. */
const F = 96;
const topK = 3;
/** Float32 through another cut of the same window: other kernels, 3 layers. */
const tolerance = 1e-5;

const neurons = 'neurons:blocks.1.mlp.hook_post';
const architectures: Readonly<Record<string, SaelensArchitecture>> = {
  standard: { architecture: 'standard' },
  jumprelu: { architecture: 'jumprelu' },
  topk: { architecture: 'topk', k: 12 },
};

let folder: string;
let bundle: WrittenBundle;
/** By architecture, and a layer of neurons; all at one site but for these. */
let places: Readonly<Record<string, SaePlace>>;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-followed-'));
  const [decoder, sae] = [{ kind: 'llama', seed: 51 }, { architecture: 'standard' }] as const;
  bundle = await writeBundle(path.join(folder, 'model'), { decoder, sae, seed: 52 });
  const written = Object.entries(architectures).map(async ([name, activation], n) => {
    const place = path.join(folder, name);
    const shape = { D: 32, F, applyBDecToInput: true, seed: 53 + n, site: saeSite };
    await writeRandomSae(place, { ...shape, activation });
    return [name, place] as const;
  });
  places = { ...Object.fromEntries(await Promise.all(written)), neurons };
  engine = Engine.create();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const placeOf = (name: string): SaePlace => places[name] ?? '';

const refs = (sae: SaePlace, ...features: number[]): FeatureRef[] =>
  features.map((feature) => ({ sae, feature: featureIndex(feature) }));

interface Answer {
  readonly summary: AnalysisSummary;
  /** In text order. */
  readonly batches: readonly TokenBatch[];
}

let documents = 0;

/** @param params of another document each time, unless it is named */
async function ask(params: Partial<AnalyseParams>, by = engine): Promise<Answer> {
  const batches: TokenBatch[] = [];
  const source = { model: bundle.source.model, saes: [placeOf('jumprelu')] };
  const summary = await by.analyse(
    { source, document: `document ${documents++}`, text: '', topK, ...params },
    { signal: { aborted: false }, progress: (batch) => batches.push(batch) },
  );
  return { summary, batches: batches.toSorted((a, b) => a.from - b.from) };
}

const sourceOf = (...saes: SaePlace[]): AnalyseParams['source'] => ({
  model: bundle.source.model,
  saes,
});

const textOf = (ids: readonly number[]): string =>
  ids.map((id, i) => word(id) + (i % 9 === 8 ? '\n' : ' ')).join('');

const someIds = (count: number, factor: number): number[] =>
  Array.from({ length: count }, (_, i) => 2 + ((i * factor + Math.floor(i / 50) ** 2) % 57));

/** How active a feature is on each token, as far as the rows of the n-th SAE say. */
function activationsOf({ batches }: Answer, feature: number, n = 0): number[] {
  return batches.flatMap(({ count, readings }) =>
    Array.from({ length: count }, (_, row) => activationIn(readings[n], row, feature)),
  );
}

function activationIn(reading: SaeReading | undefined, row: number, feature: number): number {
  if (reading === undefined) return NaN;
  const { slots, features, activations } = reading;
  const at = features.subarray(row * slots, (row + 1) * slots).indexOf(feature);
  return at < 0 ? 0 : Math.max(0, activations[row * slots + at] ?? NaN);
}

/** Everything that is said of tokens, without the names of batches. */
const said = ({ batches }: Answer): unknown => batches.map((batch) => ({ ...batch, key: 0 }));

/** The same without what is only there because it is followed. */
const strongest = ({ batches }: Answer): unknown =>
  batches.map(({ readings, ...batch }) => ({
    ...{ ...batch, key: 0 },
    readings: readings.map(({ slots, features, activations, ...reading }) => {
      const isStrong = (_value: number, at: number): boolean => at % slots < reading.topK;
      return {
        ...reading,
        features: features.filter(isStrong),
        activations: activations.filter(isStrong),
      };
    }),
  }));

function expectSorted({ batches }: Answer): void {
  for (const { count, readings } of batches) {
    for (const { slots, features, activations } of readings) {
      expect(features).toHaveLength(count * slots);
      for (let row = 0; row < count; row++) {
        const own = [...activations.subarray(row * slots, (row + 1) * slots)];
        expect(own).toEqual(own.toSorted((a, b) => b - a));
        const active = own.filter((activation) => activation > 0).length;
        const ids = features.subarray(row * slots, row * slots + active);
        expect(new Set(ids).size).toBe(active);
      }
    }
  }
}

/** Activations [T][F] of all features on a text that fits into one window. */
async function wholeEncoding(place: SaePlace, ids: readonly number[]): Promise<number[][]> {
  const model = await openModel(bundle.source.model);
  const sae = await openSae(place, model);
  const overlay = new Overlay(model.onnx, model.sites);
  overlay.builder.output('f', emitEncode(overlay.builder, sae, overlay.read(sae.site)));
  const program = await Program.open(overlay);
  const { outputs } = await program.run({ ids: Uint32Array.of(bosId, ...ids), batch: 1 });
  program.dispose();
  const f = outputs['f']?.data as Float32Array;
  return ids.map((_, t) => [...f.subarray((t + 1) * sae.F, (t + 2) * sae.F)]);
}

describe.each(['standard', 'jumprelu', 'topk', 'neurons'])('%s', (name) => {
  test('a followed feature has the activations of the whole encoding, bit for bit', async () => {
    const place = placeOf(name);
    const ids = someIds(40, 7);
    const whole = await wholeEncoding(place, ids);
    const weak = whole[0]?.map((_, feature) => feature).slice(0, 48) ?? [];
    const question = { source: sourceOf(place), text: textOf(ids) };
    const answer = await ask({ ...question, followed: refs(place, ...weak) });
    for (const feature of weak) {
      expect(activationsOf(answer, feature)).toEqual(
        whole.map((row) => Math.max(0, row[feature] ?? NaN)),
      );
    }
    expectSorted(answer);
    const plain = await ask(question);
    expect(strongest(answer)).toEqual(strongest(plain));
    // There was something to be added to every row, and nothing without being asked for.
    expect(plain.batches.every(({ readings }) => readings[0]?.slots === topK)).toBe(true);
    expect(answer.batches.every(({ readings }) => (readings[0]?.slots ?? 0) > topK)).toBe(true);
  });
});

test('where results depend on how a window is cut, they stay the same to the last bit', async () => {
  const place = path.join(folder, 'quantized');
  const shape = {
    D: 512,
    F: 64,
    applyBDecToInput: true,
    seed: 61,
    site: 'blocks.0.hook_resid_post',
  };
  await writeRandomSae(place, { ...shape, activation: { architecture: 'standard' } });
  const source = { model: quantizedModel, saes: [place] };
  const words = Array.from(
    { length: 300 },
    (_, i) => ['dog', 'cat', 'sun', 'rain'][((i * i) % 7) % 4],
  );
  const text = words.join(' ');
  const followed = refs(place, 3, 20, 41);
  await ask({ source, document: 'quantized', text, followed });
  // Behind the first block, which is not run again.
  const edited = `${text.slice(0, -40)} moon ${text.slice(-30)}`;
  const answer = await ask({ source, document: 'quantized', text: edited, followed });
  expect(said(answer)).toEqual(said(await ask({ source, text: edited, followed })));
  const whole = await ask({ source, text: edited, topK: 64 });
  for (const { feature } of followed) {
    expect(activationsOf(answer, feature)).toEqual(activationsOf(whole, feature));
    expect(activationsOf(answer, feature).some((activation) => activation > 0)).toBe(true);
  }
});

test('each SAE of a source has its own followed features', async () => {
  const saes = [placeOf('topk'), neurons, placeOf('standard')];
  const text = textOf(someIds(30, 5));
  const [all, one] = [
    [...refs(neurons, 4, 11, 30), ...refs(placeOf('standard'), 17, 4)],
    refs(neurons, 4, 11, 30),
  ];
  const answer = await ask({ source: sourceOf(...saes), text, followed: all });
  const readings = answer.batches.flatMap((batch) => batch.readings);
  expect(readings.map(({ sae }) => sae)).toEqual(saes);
  const plain = await ask({ source: sourceOf(...saes), text });
  expect(readings[0]).toEqual(plain.batches[0]?.readings[0]);
  const alone = await ask({ source: sourceOf(neurons), text, followed: one });
  expect(readings[1]).toEqual(alone.batches[0]?.readings[0]);
  const whole = await wholeEncoding(placeOf('standard'), someIds(30, 5));
  expect(activationsOf(answer, 17, 2)).toEqual(whole.map((row) => row[17]));
});

test('what no SAE of the source has is active nowhere, and costs nothing', async () => {
  const text = textOf(someIds(30, 9));
  const plain = await ask({ document: 'unknown', text });
  const followed = [...refs('/nowhere', 5), ...refs(placeOf('jumprelu'), F, 9999)];
  const answer = await ask({ document: 'unknown', text, followed });
  expect(answer.summary.reusedTokens).toBe(30);
  expect(said(answer)).toEqual(said(plain));
});

test('after edits, and whatever was followed before, all is as in a fresh analysis', async () => {
  const place = placeOf('standard');
  const id = fc.integer({ min: 2, max: 58 });
  const step = fc.record({
    at: fc.nat(150),
    remove: fc.nat(5),
    insert: fc.array(id, { maxLength: 5 }),
    // Few enough to be followed again and again.
    followed: fc.subarray([0, 7, 40, 41, 95]),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(id, { minLength: 1, maxLength: 150 }),
      fc.array(step, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      // Rows that leave nearly all open, and rows that hold nearly all.
      fc.constantFrom(topK, 60),
      async (start, steps, ...[loss, kept]) => {
        const tokens = [...start];
        const document = `edited ${documents++}`;
        for (const { at, remove, insert, followed } of steps) {
          tokens.splice(Math.min(at, tokens.length), remove, ...insert);
          const question = { source: sourceOf(place), text: textOf(tokens), loss };
          const answer = await ask({
            ...{ ...question, document, topK: kept },
            followed: refs(place, ...followed),
          });
          expectSorted(answer);
          const whole = await ask({ ...question, topK: F });
          for (const feature of followed) {
            const expected = activationsOf(whole, feature);
            const found = activationsOf(answer, feature);
            expect(found).toHaveLength(tokens.length);
            expect(found.every((f, t) => Math.abs(f - (expected[t] ?? NaN)) < tolerance)).toBe(
              true,
            );
          }
        }
      },
    ),
    { numRuns: 25, seed: 6 },
  );
});

test('what is known already is not computed again', async () => {
  const place = placeOf('jumprelu');
  const ids = someIds(130, 11);
  const question = { document: 'known', text: textOf(ids) };
  const reused = async (...features: number[]): Promise<number> =>
    (await ask({ ...question, followed: refs(place, ...features) })).summary.reusedTokens;
  expect(await reused()).toBe(0);
  expect(await reused(7, 40)).toBe(0);
  expect(await reused(40)).toBe(ids.length);
  expect(await reused(41)).toBe(0);
  // Also what nobody followed in between.
  expect(await reused(7, 41)).toBe(ids.length);
  expect(await reused()).toBe(ids.length);
  // Where all that is active is among the strongest there is nothing to be looked for.
  const wide = { ...question, document: 'wide', topK: F };
  await ask(wide);
  const answer = await ask({ ...wide, followed: refs(place, 7, 40) });
  expect(answer.summary.reusedTokens).toBe(ids.length);
  expect(activationsOf(answer, 40)).toEqual(
    activationsOf(await ask({ text: question.text, followed: refs(place, 40) }), 40),
  );
});

test('a batch that is kept has what is followed now', async () => {
  const place = placeOf('jumprelu');
  const question = { document: 'batches', text: textOf(someIds(60, 13)) };
  const seven = await ask({ ...question, followed: refs(place, 7) });
  const known = Float64Array.from(seven.batches, ({ key }) => key);
  const again = await ask({ ...question, known, followed: refs(place, 7) });
  expect(again.batches).toEqual([]);
  expect(again.summary.kept.keys).toEqual(known);
  let last = known;
  for (const followed of [refs(place, 7, 8), refs(place, 8), []]) {
    const other = await ask({ ...question, known: last, followed });
    expect(other.summary.kept.keys).toHaveLength(0);
    expect(said(other)).toEqual(said(await ask({ text: question.text, followed })));
    last = Float64Array.from(other.batches, ({ key }) => key);
  }
});

test('of what nobody sees only that is told which is complete', async () => {
  const place = placeOf('jumprelu');
  const text = textOf(someIds(4000, 7));
  const question = {
    ...{ document: 'partly', text, extent: 'visible' as const },
    visible: { start: charOffset(9000), end: charOffset(9500) },
  };
  const all = await ask({ ...question, extent: 'all' });
  expect(all.summary.coveredTokens).toBe(4000);
  const part = await ask({ ...question, followed: refs(place, 7) });
  expect(part.summary.coveredTokens).toBeLessThan(2000);
  const fresh = await ask({ ...question, document: 'partly fresh', followed: refs(place, 7) });
  expect(said(part)).toEqual(said(fresh));
});

test('results on the disk are those that were computed, with whatever was followed', async () => {
  const cache = { folder: path.join(folder, 'cache'), megabytes: 8 };
  // An SAE of its own: nothing of it is on the disk.
  const place = path.join(folder, 'stored');
  cpSync(placeOf('jumprelu'), place, { recursive: true });
  const text = textOf(someIds(120, 17));
  const question = (...features: number[]): Partial<AnalyseParams> => ({
    ...{ source: sourceOf(place), text, followed: refs(place, ...features) },
  });
  /** In an engine that has nothing in memory. @returns also files that were written, and all there are */
  const computes = async (
    ...features: number[]
  ): Promise<{ answer: Answer; written: number; files: number }> => {
    const before = filesIn(cache.folder);
    const own = Engine.create(cache);
    const answer = await ask(question(...features), own);
    await own.dispose();
    const after = filesIn(cache.folder);
    const written = [...after].filter(([file, state]) => before.get(file) !== state).length;
    return { answer, written, files: after.size };
  };
  const first = await computes(7);
  expect(first.written).toBeGreaterThan(1);
  const again = await computes(7);
  expect(again.written).toBe(0);
  expect(said(again.answer)).toEqual(said(first.answer));
  // Another feature takes a run, and joins those that are known.
  const other = await computes(30, 31);
  expect(other).toMatchObject({ written: first.written, files: first.files });
  for (const features of [[7], [30], [7, 31], [31, 30, 7]]) {
    const { answer, written } = await computes(...features);
    expect(written).toBe(0);
    expect(said(answer)).toEqual(said(await ask(question(...features))));
  }
});

/** State of each file of a cache, by its path. */
function filesIn(cache: string): ReadonlyMap<string, string> {
  const names = readdirSync(path.dirname(cache)).includes(path.basename(cache))
    ? readdirSync(cache, { recursive: true, encoding: 'utf8' })
    : [];
  const files = names.filter((name) => name.endsWith('.blob'));
  return new Map(
    files.map((name) => {
      const { ino, mtimeMs, size } = statSync(path.join(cache, name));
      return [name, `${ino} ${mtimeMs} ${size}`];
    }),
  );
}
