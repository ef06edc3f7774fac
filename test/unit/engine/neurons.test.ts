// The neurons of a layer, read and steered as an SAE is. The reference is float64 arithmetic that shares no code with the
// graphs, and the site itself for what has to be the same bit for bit.
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { Program } from '../../../src/engine/model/program.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { neuronsOf, neuronsPerSite } from '../../../src/engine/sae/neurons.ts';
import { emitDecode } from '../../../src/engine/sae/subgraph/decode.ts';
import { emitEncode } from '../../../src/engine/sae/subgraph/encode.ts';
import { openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import type { FeatureEdit, SaeReading, TokenBatch } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { logitsUnder, transformed } from '../../fixtures/steering.ts';
import { manifest, readReference } from '../families/goldens.ts';
import { openGolden } from '../families/runs.ts';
import { encodeReference } from '../steering/reference.ts';

const site = 'blocks.1.mlp.hook_post';
const place = `neurons:${site}`;
const text = 'w5 w9 w30 w7 w44 w12 w3 w20';
const ids = Uint32Array.of(0, 5, 9, 30, 7, 44, 12, 3, 20);
const quiet = { signal: { aborted: false }, progress: (): void => undefined };

describe.each(['gpt2', 'llama'] as const)('in a %s', (kind) => {
  let folder: string;
  let bundle: WrittenBundle;
  let engine: Engine;
  let home: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-neurons-'));
    home = mkdtempSync(path.join(os.tmpdir(), 'monosem-home-'));
    vi.stubEnv('MONOSEM_HOME', home);
    const sae = { architecture: 'standard' } as const;
    bundle = await writeBundle(folder, { decoder: { kind, seed: 3 }, sae, seed: 4 });
    engine = Engine.create();
  });
  afterAll(async () => {
    await engine.dispose();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    rmSync(home, { recursive: true, force: true });
  });

  const source = (): { model: string; saes: string[] } => ({ model: folder, saes: [place] });

  it('reads the values above zero of the site, bit for bit, the largest first', async () => {
    const { saes } = await engine.describe({ source: source() });
    const F = saes[0]?.features ?? 0;
    expect(saes).toMatchObject([
      { sae: place, name: 'MLP neurons of block 1', architecture: 'neurons', site },
    ]);
    const x = await engine.activations({ model: { model: folder }, site, text }, () => undefined);
    expect(x.dims).toEqual([8, F]);
    const readings: SaeReading[] = [];
    const progress = (batch: TokenBatch): void => void readings.push(...batch.readings);
    const params = { source: source(), document: 'all', text, topK: F };
    await engine.analyse(params, { ...quiet, progress });
    const [reading] = readings;
    const { sites } = referenceForward(bundle.decoder, [...ids]);
    for (let t = 0; t < 8; t++) {
      const row = x.data.subarray(t * F, (t + 1) * F);
      const exact = sites.get(site)?.[t + 1] ?? [];
      expect(Math.max(...row.map((v, i) => Math.abs(v - (exact[i] ?? NaN))))).toBeLessThan(1e-5);
      const ranked = [...row].filter((value) => value > 0).sort((a, b) => b - a);
      const found = reading?.activations.subarray(t * F, (t + 1) * F) ?? [];
      expect([...found]).toEqual([...ranked, ...new Float32Array(F - ranked.length)]);
      for (const [k, value] of ranked.entries()) {
        expect(row[reading?.features[t * F + k] ?? -1]).toBe(value);
      }
      expect(ranked.length).toBeLessThan(F);
    }
  });

  it('is edited as the entries of the site are, beside an SAE elsewhere', async () => {
    const model = await openModel(folder);
    // The SAE writes behind the neurons, in the same block.
    const both = [await loadSae(bundle.sae), neuronsOf(model, site)];
    const ofSae = transformed(featureIndex(7), { gain: 2, bias: 1 });
    const ofNeurons = [
      ...transformed(featureIndex(2), { gain: 0, bias: 0 }, 1),
      ...transformed(featureIndex(9), { gain: 0, bias: -1.5 }, 1),
    ];
    const program = await openSteerProgram(model, both);
    const moved = (rows: Rows): Rows =>
      rows.map((x) => x.map((value, i) => (i === 2 ? 0 : i === 9 ? -1.5 : value)));
    const steered = (rows: Rows): Rows =>
      rows.map((x) => {
        const f = encodeReference(bundle.tensors, { architecture: 'standard' }, x)[7] ?? NaN;
        const row = (d: number): number => bundle.tensors.W_dec.data[7 * x.length + d] ?? NaN;
        return x.map((value, d) => value + (f + 1) * row(d));
      });
    const cases: { edits: FeatureEdit[]; changes: Record<string, (rows: Rows) => Rows> }[] = [
      { edits: ofNeurons, changes: { [site]: moved } },
      {
        edits: [...ofSae, ...ofNeurons],
        changes: { [site]: moved, [both[0]?.site ?? '']: steered },
      },
    ];
    const plain = referenceForward(bundle.decoder, [...ids]).logits.at(-1) ?? [];
    for (const { edits, changes } of cases) {
      const edited = { model, saes: both };
      const [logits = new Float32Array(0)] = await logitsUnder(program, edited, [edits], ids);
      const expected = referenceForward(bundle.decoder, [...ids], changes).logits.at(-1) ?? [];
      const off = (other: readonly number[]): number =>
        Math.max(...logits.map((value, i) => Math.abs(value - (other[i] ?? NaN))));
      expect(off(expected)).toBeLessThan(2e-5);
      expect(off(plain)).toBeGreaterThan(1e-3);
    }
    program.dispose();
  });

  const indexed = (corpus: string): ReturnType<Engine['buildFeatures']> =>
    engine.buildFeatures({ model: { model: folder }, sae: place, corpus }, () => undefined);

  it('has a feature store in the data of the user that counts values above zero', async () => {
    const corpus = path.join(folder, 'corpus.txt');
    writeFileSync(corpus, text);
    const { tokens, file } = await indexed(corpus);
    expect(tokens).toBe(8);
    expect(path.relative(home, file)).toMatch(
      /^neurons[\\/][0-9a-f]{16}[\\/]blocks\.1\.mlp\.hook_post[\\/]features\.sqlite$/,
    );
    expect(readdirSync(folder)).not.toContain('neurons');
    const x = await engine.activations({ model: { model: folder }, site, text }, () => undefined);
    const F = x.dims[1] ?? 0;
    const own = Array.from({ length: 8 }, (_, t) => x.data[t * F + 5] ?? 0);
    const feature = { source: source(), sae: place, feature: featureIndex(5), exampleLimit: 1 };
    const summary = await engine.feature(feature);
    expect(summary.density).toBe(own.filter((value) => value > 0).length / 8);
    expect(summary.maxActivation).toBe(Math.max(0, ...own));
  });

  it('has the same store where the model has moved, and one in the folder of the model too', async () => {
    const corpus = path.join(folder, 'corpus.txt');
    writeFileSync(corpus, text);
    const { file } = await indexed(corpus);
    const moved = `${folder}-moved`;
    cpSync(folder, moved, { recursive: true });
    const hasStore = async (model: string, site: string): Promise<boolean | undefined> =>
      (await engine.describe({ source: { model, saes: [`neurons:${site}`] } })).saes[0]
        ?.hasFeatureStore;
    expect(await hasStore(moved, site)).toBe(true);
    // Where stores were written once.
    const other = 'blocks.0.mlp.hook_post';
    expect(await hasStore(moved, other)).toBe(false);
    cpSync(file, path.join(moved, 'neurons', other, 'features.sqlite'));
    expect(await hasStore(moved, other)).toBe(true);
    rmSync(moved, { recursive: true });
  });

  it('fits by construction, and is described without files', async () => {
    const check = await engine.checkSae({ source: source(), sae: place }, quiet);
    expect(check).toMatchObject({ passes: true, trials: [] });
    expect(check.verdict).toContain('FVU 0');
    expect(await engine.saeInfo(place, { model: folder })).toMatchObject({
      architecture: 'neurons',
      weightTypes: [],
    });
  });

  it('is refused where there is none, in a sentence', async () => {
    const describeAt = (where: string): ReturnType<Engine['describe']> =>
      engine.describe({ source: { model: folder, saes: [`neurons:${where}`] } });
    await expect(describeAt('blocks.9.mlp.hook_post')).rejects.toThrow(
      /has no neurons at blocks\.9\.mlp\.hook_post; choose one from blocks\.0\.mlp\.hook_post to/,
    );
    await expect(describeAt('blocks.1.hook_resid_post')).rejects.toThrow(
      /"blocks\.1\.hook_resid_post" is no place of neurons/,
    );
    const feature = { source: source(), sae: place, feature: featureIndex(9999), exampleLimit: 1 };
    await expect(engine.feature(feature)).rejects.toThrow(/There is no neuron 9999 among the MLP/);
  });
});

test.each(['gpt2', 'llama', 'gemma2', 'gpt_neox', 'phi3', 'opt'])(
  'the neurons of %s are the values of its sites, bit for bit',
  async (family) => {
    const golden = manifest.files.find(
      (file) => file.family === family && file.precision === 'fp32' && !file.singleToken,
    );
    if (golden === undefined) throw new Error(`no float32 file of ${family}`);
    const open = await openGolden(golden);
    const { ids: tokens } = await readReference(`${family}/reference.safetensors`);
    const overlay = new Overlay(open.model, open.sites);
    const { builder } = overlay;
    const about = { name: family, folder: '', onnxFile: open.file, sites: open.sites };
    const layers = [...neuronsPerSite(open).keys()].map((each) => neuronsOf(about, each));
    for (const sae of layers) {
      const x = overlay.read(sae.site);
      const features = emitEncode(builder, sae, x);
      builder.output(`x.${sae.site}`, x);
      builder.output(`f.${sae.site}`, features);
      builder.output(`y.${sae.site}`, emitDecode(builder, sae, { x, features }));
    }
    const program = await Program.open(overlay, { threads: 1 });
    const { outputs } = await program.run({ ids: tokens, batch: 1 });
    for (const each of layers) {
      const x = outputs[`x.${each.site}`];
      expect(x?.dims).toEqual([1, tokens.length, each.F]);
      expect(outputs[`f.${each.site}`]).toEqual(x);
      const decoded = outputs[`y.${each.site}`]?.data as Float32Array;
      // Adding the decoder's bias of 0 turns −0 into 0.
      expect(decoded.every((value, i) => value === (x?.data as Float32Array)[i])).toBe(true);
    }
    program.dispose();
  },
);

test('every family in every dialect tells how many neurons a layer has', async () => {
  for (const golden of manifest.files.filter(({ singleToken }) => !singleToken)) {
    const open = await openGolden(golden);
    const posts = [...open.sites.sites.keys()].filter((name) => name.endsWith('mlp.hook_post'));
    expect([golden.file, [...neuronsPerSite(open).keys()]]).toEqual([golden.file, posts]);
    expect(posts.length).toBeGreaterThan(0);
  }
});
