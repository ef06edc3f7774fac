// Models and SAEs from repositories as they are on the hub: only what is needed is fetched, what was fetched opens, is
// listed, works offline and can be removed. The commands run as a user runs them, against a server on this machine.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addModel, addSae, listRecords, removeRecord } from '../../../src/engine/engine.ts';
import type { HubAccess } from '../../../src/engine/engine.ts';
import { isFileOfSae, saesAmong } from '../../../src/engine/hub/saeFiles.ts';
import { writeBundle } from '../../fixtures/bundle.ts';
import { HubServer } from './hubServer.ts';

const context = { signal: new AbortController().signal, progress: () => undefined };
const revision = 'main';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All files of a folder, with `/`. */
function filesOf(folder: string): Map<string, Uint8Array> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [
        path.relative(folder, file).replaceAll(path.sep, '/'),
        new Uint8Array(fs.readFileSync(file)),
      ]),
  );
}

describe('adding', () => {
  let server: HubServer;
  let folder: string;
  let access: HubAccess;
  let modelFiles: Map<string, Uint8Array>;
  let saeFiles: Map<string, Uint8Array>;
  const at = (...names: string[]): string => path.join(folder, ...names);

  beforeAll(async () => {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-repo-'));
    const decoder = { kind: 'llama', seed: 1 } as const;
    const sae = { architecture: 'jumprelu' } as const;
    const written = await writeBundle(path.join(made, 'model'), { decoder, sae, seed: 2 });
    saeFiles = filesOf(written.sae);
    fs.rmSync(written.sae, { recursive: true });
    modelFiles = filesOf(written.source.model);
    fs.rmSync(made, { recursive: true });
    execFileSync(process.execPath, ['esbuild.mjs']);
  });

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-adding-'));
    server = new HubServer();
    await server.start();
    access = { endpoint: server.endpoint, cache: at('cache', 'monosem') };
    const onnx = [...modelFiles.keys()].filter((name) => name.endsWith('.onnx'));
    server.repos.set('lab/model', {
      files: new Map([
        ...modelFiles,
        ['README.md', bytes('# A model')],
        ['model.safetensors', bytes('the same weights again')],
        ['onnx/model_q4.onnx', bytes('four bits')],
        ['onnx/model_q4.onnx_data', bytes('many of them')],
        ['onnx/vision_encoder.onnx', bytes('eyes')],
      ]),
      large: new Set(onnx),
    });
    const layers = [0, 1, 2].flatMap((layer) =>
      [...saeFiles].map(([name, content]) => [`layer_${layer}/${name}`, content] as const),
    );
    server.repos.set('lab/saes', {
      files: new Map([
        ...layers,
        ['layer_1/optimizer.pt', bytes('state')],
        ['README.md', bytes('#')],
      ]),
    });
  });
  afterEach(async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true });
  });

  const fetched = (): string[] =>
    server
      .downloads()
      .filter((seen) => seen.server === 'hub')
      .map(({ url }) => url.replace(/^.*\/resolve\/[^/]+\//, ''))
      .sort();

  function monosem(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      ...process.env,
      HF_ENDPOINT: server.endpoint,
      HF_HOME: at('cache'),
      HF_TOKEN: '',
    };
    return new Promise((resolve) => {
      const main = path.resolve('dist/cli.mjs');
      const child = execFile(process.execPath, [main, ...args], { env }, (_error, out, err) => {
        resolve({ code: child.exitCode ?? -1, out, err });
      });
    });
  }

  test('a model: configuration, tokenizer and the one variant', async () => {
    const { added, place, isOffline } = await addModel(
      access,
      { repo: 'lab/model', revision },
      context,
    );
    expect(isOffline).toBe(false);
    expect(place).toBe(at('cache', 'monosem', 'models', 'lab', 'model'));
    const { variant = '' } = added;
    expect(filesOf(place)).toEqual(modelFiles);
    expect([...modelFiles.keys()]).toContain(variant);
    expect(fetched()).toEqual([...modelFiles.keys()].sort());
  });

  test('another variant comes with its data, and both are listed as one', async () => {
    await addModel(access, { repo: 'lab/model', revision }, context);
    const wanted = { repo: 'lab/model', revision, variant: 'model_q4.onnx' };
    const { added, place } = await addModel(access, wanted, context);
    expect(added.variant).toBe('onnx/model_q4.onnx');
    expect([...filesOf(place).keys()]).toContain('onnx/model_q4.onnx_data');
    expect(await listRecords(access.cache)).toEqual([added]);
    await removeRecord(access.cache, added.id);
    expect(filesOf(access.cache)).toEqual(new Map());
  });

  test('a model without ONNX, one without a tokenizer, and a variant that is not there', async () => {
    server.repos.set('lab/torch', { files: new Map([['model.safetensors', bytes('weights')]]) });
    await expect(addModel(access, { repo: 'lab/torch', revision }, context)).rejects.toMatchObject({
      code: 'fileMissing',
      message: expect.stringContaining('has no .onnx file') as string,
    });
    const bare = new Map([...modelFiles].filter(([name]) => name !== 'tokenizer.json'));
    server.repos.set('lab/bare', { files: bare });
    await expect(addModel(access, { repo: 'lab/bare', revision }, context)).rejects.toMatchObject({
      message: expect.stringContaining('has no tokenizer.json') as string,
    });
    const wanted = { repo: 'lab/model', revision, variant: 'model_q8.onnx' };
    await expect(addModel(access, wanted, context)).rejects.toMatchObject({
      message: expect.stringContaining('onnx/model_q4.onnx') as string,
    });
    expect(fetched()).toEqual([]);
  });

  test('one SAE out of many, and the question which one', async () => {
    await expect(addSae(access, { repo: 'lab/saes', revision }, context)).rejects.toMatchObject({
      code: 'badArgument',
      message: expect.stringContaining('layer_0, layer_1, layer_2') as string,
    });
    const params = { repo: 'lab/saes', revision, path: 'layer_1/', model: 'lab/model' };
    const { added, place } = await addSae(access, params, context);
    expect(added).toMatchObject({ id: 'lab/saes/layer_1', kind: 'sae', model: 'lab/model' });
    expect(filesOf(place)).toEqual(saeFiles);
    expect(fetched()).toEqual([...saeFiles.keys()].map((name) => `layer_1/${name}`).sort());
    await expect(addSae(access, { ...params, path: '../x' }, context)).rejects.toMatchObject({
      code: 'badArgument',
    });
    await expect(addSae(access, { ...params, path: 'layer_9' }, context)).rejects.toMatchObject({
      code: 'hubMissing',
    });
  });

  test('without the hub, what is complete in the cache is taken', async () => {
    const params = { repo: 'lab/saes', revision, path: 'layer_1' };
    const { added, place } = await addSae(access, params, context);
    const offline = { ...access, offline: true };
    expect(await addSae(offline, params, context)).toEqual({ added, place, isOffline: true });
    fs.rmSync(path.join(place, 'cfg.json'));
    await expect(addSae(offline, params, context)).rejects.toMatchObject({
      code: 'hubUnreachable',
    });
  });

  test('without the hub and without a path, the only SAE in the cache is taken', async () => {
    const offline = { ...access, offline: true };
    const whole = { repo: 'lab/saes', revision };
    await expect(addSae(offline, whole, context)).rejects.toMatchObject({ code: 'hubUnreachable' });
    const { added, place } = await addSae(access, { ...whole, path: 'layer_1' }, context);
    expect(await addSae(offline, whole, context)).toEqual({ added, place, isOffline: true });
    const elsewhere = { ...whole, revision: 'v2' };
    await expect(addSae(offline, elsewhere, context)).rejects.toMatchObject({
      code: 'hubUnreachable',
    });
    const other = await addSae(access, { ...whole, path: 'layer_2' }, context);
    await expect(addSae(offline, whole, context)).rejects.toMatchObject({
      code: 'badArgument',
      message: expect.stringMatching(
        /2 SAEs of lab\/saes; name one with --path: layer_1, layer_2\.$/,
      ) as string,
    });
    // What is no longer complete does not count.
    fs.rmSync(path.join(other.place, 'cfg.json'));
    expect(await addSae(offline, whole, context)).toMatchObject({ place });
  });

  test('removing one SAE leaves its neighbours', async () => {
    for (const name of ['layer_0', 'layer_1']) {
      await addSae(access, { repo: 'lab/saes', revision, path: name }, context);
    }
    const store = at('cache', 'monosem', 'saes', 'lab', 'saes', 'layer_0', 'features.sqlite');
    fs.writeFileSync(store, 'made later');
    await removeRecord(access.cache, 'lab/saes/layer_0');
    expect((await listRecords(access.cache)).map(({ id }) => id)).toEqual(['lab/saes/layer_1']);
    expect(fs.existsSync(path.dirname(store))).toBe(false);
    await expect(removeRecord(access.cache, 'lab/saes/layer_0')).rejects.toMatchObject({
      code: 'badArgument',
    });
  });

  test('a damaged record cannot point out of the cache', async () => {
    const params = { repo: 'lab/saes', revision, path: 'layer_1' };
    const { added } = await addSae(access, params, context);
    const [record = ''] = fs.readdirSync(path.join(access.cache, 'added'));
    const evil = JSON.stringify({ ...added, place: '../..' });
    fs.writeFileSync(path.join(access.cache, 'added', record), evil);
    await expect(removeRecord(access.cache, added.id)).rejects.toMatchObject({
      code: 'fileDamaged',
    });
  });

  test('the commands: add, inspect what was added, list, remove', async () => {
    expect(await monosem('list')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing') as string,
    });
    const model = await monosem('add', 'model', 'lab/model', '--json');
    expect(model).toMatchObject({ code: 0, err: '' });
    const sae = await monosem('add', 'sae', 'lab/saes', '--path', 'layer_1', '--json');
    expect(sae).toMatchObject({ code: 0, err: '' });
    const placeOf = ({ out }: { out: string }): string =>
      (JSON.parse(out) as { place: string }).place;
    fs.writeFileSync(at('text.txt'), 'w5 w6 w7');
    const source = ['--model', placeOf(model), '--sae', placeOf(sae)];
    expect(await monosem('inspect', at('text.txt'), ...source)).toMatchObject({ code: 0 });
    const listed = await monosem('list');
    expect(listed.out).toContain('lab/saes/layer_1');
    expect(await monosem('remove', 'lab/model')).toMatchObject({ code: 0 });
    expect((await monosem('list')).out).not.toContain('lab/model');
  });

  test('the commands: what a repository offers is listed and not downloaded', async () => {
    const model = await monosem('add', 'model', 'lab/model', '--list');
    expect(model).toMatchObject({ code: 0, err: '' });
    expect(model.out).toMatch(/^onnx\/model_q4\.onnx +4-bit +0\.0$/m);
    const saes = await monosem('add', 'sae', 'lab/saes', '--list', '--json');
    const { saes: listed } = JSON.parse(saes.out) as { saes: { path: string; layer: number }[] };
    expect(listed.map(({ path: name, layer }) => [name, layer])).toEqual([
      ['layer_0', 0],
      ['layer_1', 1],
      ['layer_2', 2],
    ]);
    const one = await monosem('add', 'sae', 'lab/saes', '--list', '--path', 'layer_1');
    expect(one.out).toMatch(/^layer_1 +layer 1 /m);
    expect(one.out).not.toContain('layer_2');
    expect(server.downloads()).toEqual([]);
  });

  test('the commands: what was left unfinished is told and removed', async () => {
    const parts = at('cache', 'monosem', 'parts');
    fs.mkdirSync(parts, { recursive: true });
    for (const name of ['1'.repeat(64), '2'.repeat(40), 'busy']) {
      fs.writeFileSync(path.join(parts, `${name}.part`), new Uint8Array(500_000));
    }
    const owner = { pid: process.pid, host: os.hostname(), id: 'here' };
    fs.writeFileSync(path.join(parts, 'busy.part.lock'), JSON.stringify(owner));
    expect((await monosem('list')).out).toContain('3 unfinished files, 1.5 MB');
    const removed = await monosem('remove', '--unfinished');
    expect(removed).toMatchObject({ code: 0, out: '2 unfinished files were removed, 1.0 MB\n' });
    expect(fs.readdirSync(parts)).toEqual(['busy.part', 'busy.part.lock']);
    expect(await monosem('remove', '--unfinished', 'lab/model')).toMatchObject({ code: 2 });
  });

  test('the commands: wrong calls', async () => {
    const known = await monosem('list', '--known');
    expect(known.out).toContain('jbloom/GPT2-Small-SAEs-Reformatted');
    for (const args of [
      ['add'],
      ['add', 'model'],
      ['add', 'dataset', 'lab/model'],
      ['add', 'model', 'lab/model', 'too-many'],
      ['add', 'model', 'lab/model', '--path', 'x'],
      ['add', 'sae', 'lab/saes', '--variant', 'x.onnx'],
      ['add', 'model', 'gemma-2-2b'],
      ['add', 'model', 'no-repository'],
      ['remove', 'lab/nothing'],
    ]) {
      const { code, out, err } = await monosem(...args);
      expect([args, code, out]).toEqual([args, 2, '']);
      expect(err).toMatch(/^monosem: [^\n]+\.\n$/);
    }
  });
});

test.each([
  [
    ['a/params.npz', 'a/b/params.npz'],
    ['a', 'a/b'],
  ],
  [['x/hyperparams.json', 'x/checkpoints/final.safetensors'], ['x']],
  [['v5.pt/cfg.json', 'v5.pt/sae_weights.safetensors'], ['v5.pt']],
  [
    ['layer0.sae.pt', 'layer1.sae.pt', 'README.md'],
    ['layer0.sae.pt', 'layer1.sae.pt'],
  ],
  [['t/ae.pt', 't/config.json', 't/checkpoints/ae_100.pt', 't/optimizer.pt'], ['t']],
  [['sae.safetensors', 'cfg.json'], ['']],
  [['model.safetensors', 'cfg.json'], []],
])('the SAEs of %j are %j', (files, saes) => {
  expect(saesAmong(files)).toEqual(saes);
});

test('the files of an SAE are its configuration and weights', () => {
  const taken = (sae: string, files: readonly string[]): string[] =>
    files.filter((file) => isFileOfSae(file, sae));
  expect(
    taken('t', ['t/ae.pt', 't/config.json', 't/checkpoints/ae_1.pt', 't/o.pt', 'u/ae.pt']),
  ).toEqual(['t/ae.pt', 't/config.json']);
  expect(taken('x', ['x/hyperparams.json', 'x/checkpoints/final.safetensors'])).toHaveLength(2);
  expect(taken('v5.pt', ['v5.pt/cfg.json', 'v5.pt/sae_weights.safetensors'])).toHaveLength(2);
  expect(taken('a/l1.pt', ['a/l1.pt', 'a/l1_cfg.json', 'a/l2.pt', 'a/l2_cfg.json'])).toEqual([
    'a/l1.pt',
    'a/l1_cfg.json',
  ]);
  expect(taken('', ['sae.safetensors', 'cfg.json', 'deeper/cfg.json'])).toHaveLength(2);
});
