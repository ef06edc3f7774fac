// Models and SAEs from a hub, by the commands of the extension: a server on this machine has the hub's URL layout and
// serves a small random decoder and SAEs that were made for it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { AddedDownload } from '../../src/shared/hubProtocol.ts';
import { writeBundle } from '../fixtures/bundle.ts';
import { HubServer } from '../unit/hub/hubServer.ts';
import { closeEverything, monosem, openText, ready } from './monosem.ts';

const text = 'w5 w9 w12 w30 w7 w41';
const onnx = 'onnx/model.onnx';
const other = 'onnx/model_q4.onnx';
const weights = Uint8Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 251);
const settingNames = ['hub.endpoint', 'hub.cacheFolder', 'model', 'modelVariant', 'saes'] as const;

const configuration = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('monosem');

async function write(name: (typeof settingNames)[number], value: unknown): Promise<void> {
  await configuration().update(name, value, vscode.ConfigurationTarget.Global);
}

function filesOf(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.replaceAll(path.sep, '/'))
    .sort();
}

async function add(
  kind: 'addModel' | 'addSae',
  wanted: object,
): Promise<AddedDownload | undefined> {
  return vscode.commands.executeCommand<AddedDownload | undefined>(`monosem.${kind}`, wanted);
}

describe('a hub', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-hub-'));
  const cache = path.join(scratch, 'cache');
  const server = new HubServer();

  before(async () => {
    const made = path.join(scratch, 'made');
    const decoder = { kind: 'llama', seed: 3 } as const;
    await writeBundle(made, { decoder, sae: { architecture: 'topk', k: 4 }, seed: 4 });
    const all = filesOf(made).map(
      (name) => [name, new Uint8Array(fs.readFileSync(path.join(made, name)))] as const,
    );
    const model = all.filter(([name]) => !name.startsWith('sae/'));
    const saes = all.flatMap(([name, content]) =>
      name.startsWith('sae/')
        ? [0, 1].map((layer) => [name.replace('sae/', `layer_${layer}/`), content] as const)
        : [],
    );
    server.repos.set('lab/model', {
      files: new Map([...model, [other, weights]]),
      large: new Set([other]),
    });
    server.repos.set('lab/saes', { files: new Map(saes) });
    await server.start();
    await write('hub.endpoint', server.endpoint);
    await write('hub.cacheFolder', cache);
  });
  after(async () => {
    for (const name of settingNames) await write(name, undefined);
    await server.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  });
  afterEach(async () => {
    server.mischief = () => false;
    await closeEverything();
  });

  it('gives a model and an SAE, and the tokens of a text show features of that SAE', async () => {
    const api = await monosem();
    const model = await add('addModel', { repo: 'lab/model', variant: onnx, use: true });
    assert.equal(model?.place, path.join(cache, 'models', 'lab', 'model'));
    assert.equal(configuration().get('model'), model.place);
    const sae = await add('addSae', { repo: 'lab/saes', path: 'layer_1', use: 'replace' });
    assert.equal(sae?.place, path.join(cache, 'saes', 'lab', 'saes', 'layer_1'));
    assert.deepEqual(configuration().get('saes'), [sae.place]);
    const { document } = await openText(text);
    await ready(document.uri);
    const tokens = api.tokensOf(document.uri);
    assert.equal(tokens.length, 6);
    for (const { features } of tokens) {
      assert.ok(features.length > 0);
      assert.ok(features.every((feature) => feature.sae === sae.place));
    }
    assert.deepEqual(
      filesOf(path.join(cache, 'saes')).filter((name) => !name.startsWith('lab/saes/layer_1/')),
      [],
    );
  });

  it('puts a second SAE beside the first one', async () => {
    const second = await add('addSae', { repo: 'lab/saes', path: 'layer_0', use: 'add' });
    assert.ok(second);
    assert.deepEqual(configuration().get('saes'), [
      path.join(cache, 'saes', 'lab', 'saes', 'layer_1'),
      second.place,
    ]);
    const { document } = await openText(text);
    await ready(document.uri);
    const api = await monosem();
    const saes = api
      .tokensOf(document.uri)
      .flatMap(({ features }) => features.map(({ sae }) => sae));
    assert.equal(new Set(saes).size, 2);
  });

  it('may be interrupted: nothing unfinished has a final name, and the rest comes later', async () => {
    const source = new vscode.CancellationTokenSource();
    server.mischief = ({ url, range }, response) => {
      if (!url.startsWith('/content/') || range !== undefined) return false;
      response.setHeader('content-length', weights.length);
      response.write(weights.subarray(0, 200_000), () => source.cancel());
      return true;
    };
    const wanted = { repo: 'lab/model', variant: other, use: false };
    assert.equal(await add('addModel', { ...wanted, cancellation: source.token }), undefined);
    const place = path.join(cache, 'models', 'lab', 'model');
    assert.ok(!filesOf(place).includes(other));
    server.mischief = () => false;
    const added = await add('addModel', wanted);
    assert.equal(added?.variant, other);
    assert.deepEqual(new Uint8Array(fs.readFileSync(path.join(place, other))), weights);
    source.dispose();
  });

  it('gets the token that was set for it, and no other does', async () => {
    const seen = (): readonly (string | undefined)[] =>
      server.seen.splice(0).map(({ authorization }) => authorization);
    seen();
    await vscode.commands.executeCommand('monosem.setHubToken', 'hf_secret');
    await add('addSae', { repo: 'lab/saes', path: 'layer_0', use: false });
    assert.ok(seen().every((authorization) => authorization === 'Bearer hf_secret'));
    const elsewhere = server.endpoint.replace('127.0.0.1', 'localhost');
    await write('hub.endpoint', elsewhere);
    await add('addSae', { repo: 'lab/saes', path: 'layer_0', use: false });
    await write('hub.endpoint', server.endpoint);
    await vscode.commands.executeCommand('monosem.setHubToken', '');
    await add('addSae', { repo: 'lab/saes', path: 'layer_0', use: false });
    assert.ok(seen().every((authorization) => authorization === undefined));
  });

  it('that refuses is a failure that is told, and the command settles', async () => {
    server.mischief = (_, response) => {
      response.statusCode = 401;
      response.end();
      return true;
    };
    assert.equal(await add('addModel', { repo: 'lab/gated', use: true }), undefined);
    assert.equal(configuration().get('model'), path.join(cache, 'models', 'lab', 'model'));
  });

  it('is not needed to remove what was downloaded, which is then no longer looked through', async () => {
    const removed = (id: string): Thenable<unknown> =>
      vscode.commands.executeCommand('monosem.removeDownload', id);
    assert.equal(await removed('lab/saes/layer_0'), true);
    assert.equal(await removed('lab/saes/layer_0'), undefined);
    const left = filesOf(path.join(cache, 'saes')).map((name) => name.split('/')[2]);
    assert.deepEqual([...new Set(left)], ['layer_1']);
    assert.deepEqual(configuration().get('saes'), [
      path.join(cache, 'saes', 'lab', 'saes', 'layer_1'),
    ]);
    assert.equal(await removed('lab/model'), true);
    assert.equal(configuration().get('model'), '');
    assert.deepEqual(configuration().get('saes'), []);
  });
});
