// Several SAEs in one run of a model: each reads what it reads alone, and their edits follow each other. The reference is
// float64 arithmetic on the weights that shares no code with the graphs.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import type { Program } from '../../../src/engine/model/program.ts';
import type { SaelensTensors } from '../../../src/engine/sae/formats/saelens.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import type { Sae } from '../../../src/engine/sae/sae.ts';
import { openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import type {
  FeatureEdit,
  SaePlace,
  SaeReading,
  TokenBatch,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { editsOf, logitsUnder, type Transforms } from '../../fixtures/steering.ts';
import { describeSae, randomTensors } from '../sae/randomSae.ts';
import { writeSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import { encodeReference } from '../steering/reference.ts';

interface Written {
  readonly place: SaePlace;
  readonly site: string;
  readonly activation: SaelensArchitecture;
  readonly tensors: SaelensTensors;
}

const D = 32;
const F = 96;
const text = 'w5 w9 w30 w7 w44 w12 w3 w20';
const ids = Uint32Array.of(0, 5, 9, 30, 7, 44, 12, 3, 20);
const quiet = { signal: { aborted: false }, progress: (): void => undefined };

let folder: string;
let bundle: WrittenBundle;
let engine: Engine;
let model: OpenModel;
let saes: Written[];

async function write(
  name: string,
  site: string,
  activation: SaelensArchitecture,
  prependBos = true,
): Promise<Written> {
  const random = { D, F, activation, applyBDecToInput: true, seed: name.length, site };
  const tensors = randomTensors(random);
  const place = path.join(folder, name);
  await writeSaelens(place, tensors, { ...describeSae(random), prependBos });
  return { place, site, activation, tensors };
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-saes-'));
  const decoder = { kind: 'llama', seed: 31 } as const;
  const sae = { architecture: 'standard' } as const;
  bundle = await writeBundle(path.join(folder, 'model'), { decoder, sae, seed: 32 });
  // Two of them at one site; not in the order in which the model reaches their sites.
  saes = [
    await write('late', 'blocks.1.hook_resid_post', { architecture: 'topk', k: 6 }),
    await write('early', 'blocks.0.hook_resid_post', { architecture: 'jumprelu' }),
    await write('latest', 'blocks.1.hook_resid_post', { architecture: 'standard' }),
  ];
  engine = Engine.create();
  model = await openModel(bundle.source.model);
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const places = (): SaePlace[] => saes.map(({ place }) => place);

async function readings(some: readonly SaePlace[]): Promise<readonly SaeReading[]> {
  const batches: TokenBatch[] = [];
  const source = { model: bundle.source.model, saes: some };
  await engine.analyse(
    { source, document: some.join(), text, topK: 8 },
    { ...quiet, progress: (batch: TokenBatch) => batches.push(batch) },
  );
  expect(batches).toHaveLength(1);
  return batches[0]?.readings ?? [];
}

test('each reads bit for bit what it reads alone, under its own name', async () => {
  const together = await readings(places());
  expect(together.map(({ sae }) => sae)).toEqual(places());
  const alone = await Promise.all(places().map(async (place) => (await readings([place]))[0]));
  expect(together).toEqual(alone);
  expect(together.every(({ activations }) => activations.some((f) => f > 0))).toBe(true);
});

test('active features come SAE by SAE, each ranked by itself', async () => {
  const source = { model: bundle.source.model, saes: places() };
  const active = await engine.activeFeatures({ source, text, limit: 4 }, quiet);
  expect(active.map(({ sae }) => sae)).toEqual(
    places().flatMap((place) => Array.from({ length: 4 }, () => place)),
  );
  for (const place of places()) {
    const totals = active.filter(({ sae }) => sae === place).map(({ total }) => total);
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
  }
});

/** The residual stream after the edits of one SAE, in float64. */
function edited({ tensors, activation }: Written, transforms: Transforms, rows: Rows): Rows {
  return rows.map((x) => {
    const f = encodeReference(tensors, activation, x);
    return x.map((value, d) => {
      let moved = value;
      for (const [feature, { gain, bias }] of transforms) {
        const by = (gain - 1) * (f[feature] ?? NaN) + bias;
        moved += by * (tensors.W_dec.data[feature * D + d] ?? NaN);
      }
      return moved;
    });
  });
}

async function logitsAfter(
  program: Program,
  loaded: readonly Sae[],
  bySae: readonly Transforms[],
): Promise<Float32Array> {
  const edits = bySae.flatMap((own, n) => editsOf(own, n));
  const [logits] = await logitsUnder(program, { model, saes: loaded }, [edits], ids);
  return logits ?? new Float32Array(0);
}

const transforms: readonly Transforms[] = [
  new Map([[featureIndex(4), { gain: 0, bias: 2 }]]),
  new Map([
    [featureIndex(11), { gain: 3, bias: 0 }],
    [featureIndex(60), { gain: 1, bias: -2 }],
  ]),
  new Map([[featureIndex(4), { gain: 2, bias: 1 }]]),
];

test('edits at several sites and of several SAEs at one site follow each other', async () => {
  const loaded = await Promise.all(places().map((place) => loadSae(place)));
  const program = await openSteerProgram(model, loaded);
  const steered = await logitsAfter(program, loaded, transforms);
  const none = new Map();
  const changes: Record<string, (rows: Rows) => Rows> = {};
  for (const [n, sae] of saes.entries()) {
    const before = changes[sae.site] ?? ((rows: Rows) => rows);
    changes[sae.site] = (rows) => edited(sae, transforms[n] ?? none, before(rows));
  }
  const { logits } = referenceForward(bundle.decoder, [...ids], changes);
  const reference = logits.at(-1) ?? [];
  const difference = Math.max(
    ...steered.map((value, i) => Math.abs(value - (reference[i] ?? NaN))),
  );
  // float32 against float64 over 3 layers, logits of size 1 to 10.
  expect(difference).toBeLessThan(2e-5);
  program.dispose();
});

test('an SAE without edits changes no bit', async () => {
  const loaded = await Promise.all(places().map((place) => loadSae(place)));
  const all = await openSteerProgram(model, loaded);
  const [, early] = loaded;
  const [, own = new Map()] = transforms;
  const alone = await openSteerProgram(model, early === undefined ? [] : [early]);
  const among = await logitsAfter(all, loaded, [new Map(), own, new Map()]);
  expect(among).toEqual(await logitsAfter(alone, early === undefined ? [] : [early], [own]));
  all.dispose();
  alone.dispose();
});

test('edits reach the continuation, and name an SAE that is active', async () => {
  const source = { model: bundle.source.model, saes: places() };
  const settings = { prompt: text, maxTokens: 4, temperature: 0, seed: 0 } as const;
  const steer = (edits: readonly FeatureEdit[]): ReturnType<Engine['steer']> =>
    engine.steer({ source, edits, ...settings }, quiet);
  const clamps = places().map(
    (sae) => ({ sae, feature: featureIndex(7), operation: 'clamp', amount: 20 }) as const,
  );
  const kl = await Promise.all(
    clamps.map(async (edit) => (await steer([edit])).samples[0]?.steps[0]?.kl ?? 0),
  );
  expect(Math.min(...kl)).toBeGreaterThan(1e-4);
  expect(new Set(kl).size).toBe(3);
  const stranger = { ...clamps[0], sae: bundle.sae } as FeatureEdit;
  await expect(steer([stranger])).rejects.toMatchObject({ code: 'badEdit' });
});

test('a wrong set of SAEs is refused in a sentence', async () => {
  const describeAll = (some: readonly SaePlace[]): ReturnType<Engine['describe']> =>
    engine.describe({ source: { model: bundle.source.model, saes: some } });
  const [first = ''] = places();
  await expect(describeAll([])).rejects.toMatchObject({ code: 'noSae' });
  await expect(describeAll([first, first])).rejects.toThrow(/is named twice; name it once/);
  const bare = await write('bare', 'blocks.0.hook_resid_post', { architecture: 'standard' }, false);
  await expect(describeAll([first, bare.place])).rejects.toThrow(
    /late was trained on texts that begin with BOS and bare on texts without it/,
  );
  const source = { model: bundle.source.model, saes: places() };
  const feature = { source, sae: bare.place, feature: featureIndex(1), exampleLimit: 1 };
  await expect(engine.feature(feature)).rejects.toThrow(/bare is not active; choose it first/);
});
