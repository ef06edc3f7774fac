// Directions of one's own: made of two texts, against means of float64 arithmetic that shares no code with the graphs, and read
// from files.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, directionTensor, loadDirection, saveTensors } from '../../../src/engine/engine.ts';
import type { DirectionNumbers, DirectionOrigin } from '../../../src/shared/engineProtocol.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward } from '../../fixtures/decoders/reference.ts';

const more = 'w5 w9 w30 w7 w44';
const less = 'w12 w3 w20';
const quiet = { signal: { aborted: false }, progress: (): void => undefined };

let folder: string;
const engine = Engine.create();
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-direction-'));
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

describe.each(['gpt2', 'llama'] as const)('in a %s', (kind) => {
  let bundle: WrittenBundle;
  beforeAll(async () => {
    bundle = await writeBundle(path.join(folder, kind), {
      ...{ decoder: { kind, seed: 3 }, sae: { architecture: 'standard' }, seed: 4 },
    });
  });

  const direction = (
    { site = 'blocks.1.hook_resid_post', ...origin }: DirectionOrigin & { readonly site?: string },
    context = quiet,
  ): Promise<DirectionNumbers> =>
    engine.direction({ model: { model: bundle.source.model }, site, origin }, context);

  /** Of the site, BOS in front as the tokens read it, but not counted. */
  const reference = (ids: readonly number[], site: string): { mean: number[]; norms: number[] } => {
    const rows =
      referenceForward(bundle.decoder, [0, ...ids])
        .sites.get(site)
        ?.slice(1) ?? [];
    const mean = (rows[0] ?? []).map(
      (_, d) => rows.reduce((sum, row) => sum + (row[d] ?? NaN), 0) / rows.length,
    );
    return { mean, norms: rows.map((row) => Math.hypot(...row)) };
  };

  it.each(['hook_embed', 'blocks.1.hook_resid_post', 'blocks.1.mlp.hook_post'])(
    'is the difference of the means at %s',
    async (site) => {
      const found = await direction({ more, less, site });
      const [ofMore, ofLess] = [reference([5, 9, 30, 7, 44], site), reference([12, 3, 20], site)];
      expect(found.texts).toMatchObject({ moreTokens: 5, lessTokens: 3 });
      expect(found.direction).toHaveLength(ofMore.mean.length);
      for (const [d, value] of ofMore.mean.entries())
        expect(found.direction[d]).toBeCloseTo(value - (ofLess.mean[d] ?? NaN), 5);
      expect(found.norm).toBeCloseTo(Math.hypot(...found.direction), 6);
      const norms = [...ofMore.norms, ...ofLess.norms];
      const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
      expect(found.texts?.streamNorm).toBeCloseTo(mean, 4);
      const back = await direction({ more: less, less: more, site });
      expect(back.direction).toEqual(found.direction.map((value) => -value));
    },
  );

  it('is what a file holds, where it fits the site', async () => {
    const D = (await direction({ more, less })).direction.length;
    const file = path.join(folder, `${kind}.safetensors`);
    const data = Float32Array.from({ length: D }, (_, d) => (d % 2 === 0 ? d : -1));
    const blank = new Float32Array(D);
    await saveTensors(file, {
      [directionTensor]: { dims: [1, D], data },
      ...{ blank: { dims: [D], data: blank }, narrow: { dims: [2], data: data.slice(0, 2) } },
      holed: { dims: [D], data: data.with(1, NaN) },
    });
    expect(await direction({ file })).toEqual({ direction: data, norm: Math.hypot(...data) });
    await expect(direction({ file, tensor: 'narrow' })).rejects.toThrow(
      /has 2 numbers, and the model is 32 wide there; take one/,
    );
    for (const tensor of ['blank', 'holed']) {
      await expect(direction({ file, tensor })).rejects.toThrow(/there is no direction: all of/);
    }
    await expect(direction({ file, site: 'hook_nowhere' })).rejects.toMatchObject({
      code: 'unknownSite',
    });
  });

  it('can be at the sites of the stream that the model has', async () => {
    const { model } = await engine.describe({ source: bundle.source });
    const sites = ['blocks.0.hook_resid_pre', 'blocks.0.hook_resid_post'];
    expect(model.streamSites.slice(0, 2)).toEqual(sites);
    expect(model.streamSites).toHaveLength(model.layers + 1);
    for (const site of model.streamSites)
      expect((await direction({ more, less, site })).direction).toHaveLength(model.dModel);
  });

  it('says why there is none', async () => {
    await expect(direction({ more, less: more })).rejects.toThrow(/Both texts have the same mean/);
    await expect(direction({ more: '', less })).rejects.toMatchObject({ code: 'emptyText' });
    await expect(direction({ more, less, site: 'hook_nowhere' })).rejects.toMatchObject({
      code: 'unknownSite',
    });
    const cancelled = { ...quiet, signal: { aborted: true } };
    await expect(direction({ more, less }, cancelled)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a file', () => {
  const write = async (tensors: Parameters<typeof saveTensors>[1]): Promise<string> => {
    const file = path.join(folder, 'written.safetensors');
    await saveTensors(file, tensors, {});
    return file;
  };
  const vector = { dims: [3], data: Float32Array.of(1, -2, 3) };

  it('gives its only tensor, the one called direction, or the one asked for', async () => {
    expect(await loadDirection(await write({ v: vector }))).toEqual(vector.data);
    const other = { dims: [1, 3], data: Float32Array.of(4, 5, 6) };
    const file = await write({ [directionTensor]: vector, other });
    expect(await loadDirection(file)).toEqual(vector.data);
    expect(await loadDirection(file, 'other')).toEqual(other.data);
  });

  it('that holds no direction is refused', async () => {
    const matrix = { dims: [3, 1], data: vector.data };
    const file = await write({ a: matrix, b: matrix });
    await expect(loadDirection(file)).rejects.toThrow(
      /has no tensor "direction" but a, b; name one of them/,
    );
    await expect(loadDirection(file, 'a')).rejects.toThrow(/the shape \[3, 1\], and a direction/);
    await expect(loadDirection(path.join(folder, 'nowhere.safetensors'))).rejects.toMatchObject({
      code: 'fileMissing',
    });
  });
});
