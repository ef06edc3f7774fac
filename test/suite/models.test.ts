// Models of one's own: folders that are opened, variants that are chosen, a model without SAE, and what the
// diagnostics say. The models are small random decoders, real files that the real engine opens.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { writeBundle } from '../fixtures/bundle.ts';
import { tinyLlama, writeDecoder } from '../fixtures/decoders.ts';
import { closeEverything, eventually, monosem, openText, ready, settled } from './monosem.ts';

const text = 'w5 w9 w12 w30 w7 w41';
const otherVariant = 'onnx/model_fp16.onnx';
const settingNames = ['model', 'modelVariant', 'saes', 'executionProvider', 'deviceId'] as const;
type Name = (typeof settingNames)[number];

const configuration = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('monosem');

async function write(name: Name, value: unknown): Promise<void> {
  await configuration().update(name, value, vscode.ConfigurationTarget.Global);
}

async function openModelFolder(folder: string, variant?: string): Promise<void> {
  const uri = vscode.Uri.file(folder);
  await vscode.commands.executeCommand('monosem.openModelFolder', uri, variant);
}

/** A changed setting is noticed after a moment; this waits for the analysis that follows. */
async function analysedAfresh(uri: vscode.Uri, change: () => Promise<void>): Promise<void> {
  const api = await monosem();
  const noticed = eventually('the change to be noticed', () => api.stateOf(uri)?.kind !== 'ready');
  await change();
  await noticed;
  await ready(uri);
}

async function strongest(uri: vscode.Uri): Promise<readonly string[]> {
  return (await monosem())
    .tokensOf(uri)
    .map(({ features }) => features.map(({ feature }) => `${feature}`).join(' '));
}

describe('a model of one’s own', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-models-'));
  const folder = path.join(scratch, 'tiny llama');
  const bare = path.join(scratch, 'bare');
  const sae = path.join(folder, 'saes', 'first');

  before(async () => {
    for (const target of [folder, bare]) {
      fs.mkdirSync(target);
      await writeBundle(target, {
        decoder: { kind: 'llama', seed: 3 },
        sae: { architecture: 'topk', k: 4 },
        seed: 4,
      });
    }
    fs.mkdirSync(path.dirname(sae));
    fs.renameSync(path.join(folder, 'sae'), sae);
    const other = path.join(scratch, 'other');
    const { file } = writeDecoder(other, tinyLlama, { kind: 'llama', seed: 5, type: 'float16' });
    fs.renameSync(file, path.join(folder, otherVariant));
  });
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(async () => {
    await closeEverything();
    for (const name of settingNames) await write(name, undefined);
  });

  it('is opened by its folder, with the SAE beside it, and says what runs where', async () => {
    const api = await monosem();
    await openModelFolder(folder, 'onnx/model.onnx');
    assert.equal(configuration().get('model'), folder);
    assert.equal(configuration().get('modelVariant'), '');
    const { document } = await openText(text);
    await ready(document.uri);
    assert.equal(api.tokensOf(document.uri).length, 6);
    const model = await eventually('what runs where', () => api.model());
    assert.equal(model.name, 'tiny llama');
    assert.equal(model.variant, 'onnx/model.onnx');
    assert.match(model.reason, /^[A-Z].*\.$/);
  });

  it('asks which variant is meant, the recommended one first', async () => {
    const opening = openModelFolder(folder);
    const accept = setInterval(() => {
      void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }, 200);
    await opening;
    clearInterval(accept);
    assert.equal(configuration().get('model'), folder);
    assert.equal(configuration().get('modelVariant'), '');
  });

  it('is analysed afresh when another variant is chosen', async () => {
    const api = await monosem();
    await openModelFolder(folder, 'onnx/model.onnx');
    const { uri } = (await openText(text)).document;
    await ready(uri);
    const before = await strongest(uri);
    await analysedAfresh(uri, () => openModelFolder(folder, otherVariant));
    assert.equal(configuration().get('modelVariant'), otherVariant);
    assert.notDeepEqual(await strongest(uri), before);
    await eventually('the variant', () => api.model()?.variant === otherVariant);
    await analysedAfresh(uri, () => write('modelVariant', ''));
    assert.deepEqual(await strongest(uri), before);
  });

  it('runs on the execution provider of the setting', async () => {
    const api = await monosem();
    const { uri } = (await openText('Once upon a time.')).document;
    await ready(uri);
    await analysedAfresh(uri, () => write('executionProvider', 'cpu'));
    const model = await eventually('what runs where', () => api.model());
    assert.equal(model.provider, 'cpu');
  });

  it('without an SAE is a calm state, and an SAE that is chosen ends it', async () => {
    const api = await monosem();
    const { uri } = (await openText(text)).document;
    await settled(uri);
    await openModelFolder(bare);
    await eventually('the missing SAE', () => {
      const state = api.stateOf(uri);
      return state?.kind === 'skipped' && state.reason.code === 'noSae';
    });
    assert.deepEqual(api.paintedIn(uri), []);
    assert.equal(api.model()?.name, 'bare');
    const chosen = vscode.Uri.file(path.join(bare, 'sae'));
    await analysedAfresh(uri, async () => {
      await vscode.commands.executeCommand('monosem.chooseSaes', chosen);
    });
    assert.equal(api.tokensOf(uri).length, 6);
  });

  it('gives back the SAEs of another model', async () => {
    await openModelFolder(folder, 'onnx/model.onnx');
    await write('saes', [sae]);
    await openModelFolder(bare);
    assert.deepEqual(configuration().get('saes'), []);
    assert.equal(configuration().get('model'), bare);
  });

  it('is not taken from a folder without one', async () => {
    // The command settles although its notification stays until somebody answers it.
    await openModelFolder(scratch);
    assert.equal(configuration().get('model'), '');
  });

  it('has diagnostics: provider, self-test, settings', async () => {
    await openModelFolder(folder, otherVariant);
    await vscode.commands.executeCommand('monosem.showDiagnostics');
    const { document } = await eventually(
      'the document',
      () =>
        vscode.window.activeTextEditor?.document.uri.scheme === 'monosem' &&
        vscode.window.activeTextEditor,
    );
    const facts = document.getText();
    assert.match(facts, /^ {4}runs on +\S+/m);
    assert.match(facts, /^ {4}CPU +(chosen|works|failed) /m);
    assert.match(facts, /^ {4}result +passed: equal bit for bit$/m);
    assert.match(facts, /^ {4}monosem\.modelVariant +onnx\/model_fp16\.onnx +changed$/m);
    assert.ok(facts.includes(folder), facts);
    assert.equal((await monosem()).stateOf(document.uri), undefined);
  });

  it('that cannot be opened has diagnostics, too', async () => {
    await write('model', path.join(scratch, 'nowhere'));
    await vscode.commands.executeCommand('monosem.showDiagnostics');
    const editor = await eventually('the document', () => vscode.window.activeTextEditor);
    assert.match(editor.document.getText(), /^ {4}problem +.*nowhere/m);
    assert.match(editor.document.getText(), /^## Machine$/m);
  });
});
