// The steering panel opens on a selection. What happens inside it is tested in a real browser.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FeatureEdit } from '../../src/shared/engineProtocol.ts';
import { closeEverything, eventually, openText, ready } from './monosem.ts';

function steerTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview)
    .filter(({ input }) => (input as vscode.TabInputWebview).viewType.endsWith('monosem.steer'));
}

/** A file with one tensor. */
function safetensors(data: Float32Array): Uint8Array {
  const entry = { dtype: 'F32', shape: [data.length], data_offsets: [0, data.byteLength] };
  const header = new TextEncoder().encode(JSON.stringify({ direction: entry }));
  const file = new Uint8Array(8 + header.length + data.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  file.set(new Uint8Array(data.buffer), 8 + header.length);
  return file;
}

describe('steering', () => {
  afterEach(closeEverything);

  it('opens one panel, and uses it again', async () => {
    const editor = await openText('Once upon a time there was a dragon.');
    editor.selection = new vscode.Selection(0, 0, 0, 16);
    await vscode.commands.executeCommand('monosem.steerSelection');
    await eventually('the panel', () => steerTabs().length === 1);
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('monosem.steerSelection', 3);
    assert.equal(steerTabs().length, 1);
  });

  it('is saved in a preset that people edit, loaded again, and copied as a command', async () => {
    const editor = await openText('Once upon a time there was a dragon.');
    editor.selection = new vscode.Selection(0, 0, 0, 16);
    const run = (name: string, ...args: readonly unknown[]): Thenable<unknown> =>
      vscode.commands.executeCommand(`monosem.${name}`, ...args);
    assert.equal(await run('saveSteeringPreset', 'calm'), undefined);
    await run('steerSelection');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, '.monosem', 'steering', 'calm.json');
    try {
      assert.match(
        String(await run('saveSteeringPreset', 'calm')),
        /\.monosem\/steering\/calm\.json$/,
      );
      const saved = JSON.parse(
        new TextDecoder().decode(await vscode.workspace.fs.readFile(file)),
      ) as {
        prompt: string;
        saes: object[];
      };
      assert.equal(saved.prompt, 'Once upon a time');
      assert.deepEqual(saved.saes, []);
      const site = 'neurons:blocks.1.mlp.hook_post';
      const edited = { ...saved, edits: ['12:ablate'], saes: [{ neurons: site }] };
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(JSON.stringify(edited)));
      // Neurons are not read, so the preset is refused, and nothing is changed.
      assert.equal(await run('loadSteeringPreset', 'calm'), undefined);
      const plain = { ...saved, prompt: 'It was', settings: { seed: 7 } };
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(JSON.stringify(plain)));
      assert.equal(await run('loadSteeringPreset', 'calm'), true);
      const command = String(await run('copySteeringCommand', 'posix'));
      assert.match(command, /^monosem steer --model \S+ --prompt 'It was' .*--seed 7$/);
      // There was no run that could be exported.
      const target = vscode.Uri.joinPath(folder.uri, 'run.json');
      assert.equal(await run('exportSteeringRun', target), undefined);
      assert.equal(await run('loadSteeringPreset', '../calm'), undefined);
    } finally {
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, '.monosem'), {
        recursive: true,
      });
    }
  });

  it('keeps presets in the workspace, wherever links lead', async () => {
    const editor = await openText('Once upon a time there was a dragon.');
    editor.selection = new vscode.Selection(0, 0, 0, 16);
    await vscode.commands.executeCommand('monosem.steerSelection');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-outside-'));
    const link = path.join(folder.uri.fsPath, '.monosem');
    fs.symlinkSync(outside, link);
    try {
      const save = vscode.commands.executeCommand('monosem.saveSteeringPreset', 'calm');
      assert.equal(await save, undefined);
      assert.deepEqual(fs.readdirSync(outside), []);
    } finally {
      fs.rmSync(link);
      fs.rmSync(outside, { recursive: true });
    }
  });

  it('begins with a boosted feature, also in a panel that is open, and keeps the other edits', async () => {
    const editor = await openText('Once upon a time there was a dragon.');
    await ready(editor.document.uri);
    editor.selection = new vscode.Selection(0, 16, 0, 16);
    const run = <T>(name: string, ...args: readonly unknown[]): Thenable<T | undefined> =>
      vscode.commands.executeCommand<T | undefined>(`monosem.${name}`, ...args);
    const first = await run<FeatureEdit>('boostFeatureHere', 1351);
    assert.ok(first?.operation === 'clamp' && first.amount > 0, JSON.stringify(first));
    await eventually('the panel', () => steerTabs().length === 1);
    const once = String(await run('copySteeringCommand', 'posix'));
    assert.match(once, /--prompt 'Once upon a time' .*--edit '?1351:clamp=/);
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    // The token that begins at an offset belongs to the prompt.
    await run('boostFeatureHere', 12, first.sae, 0, editor.document.uri.toString());
    const both = String(await run('copySteeringCommand', 'posix'));
    assert.match(both, /--prompt Once .*--edit '?1351:clamp=.*--edit '?12:clamp=/);
    assert.equal(steerTabs().length, 1);
  });

  it('makes a direction of two selections, keeps it in a preset, and has it again', async () => {
    const text = 'The sun was warm and the birds sang. The storm was cold and the wolves howled.';
    const editor = await openText(text);
    const [more, less] = ['The sun was warm and the birds sang.', 'The storm was cold'];
    const run = (name: string, ...args: readonly unknown[]): Thenable<unknown> =>
      vscode.commands.executeCommand(`monosem.${name}`, ...args);
    const select = (...texts: readonly string[]): void => {
      editor.selections = texts.map((each) => {
        const start = text.indexOf(each);
        return new vscode.Selection(0, start, 0, start + each.length);
      });
    };
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const presets = vscode.Uri.joinPath(folder.uri, '.monosem', 'steering');
    const read = async (file: string): Promise<Record<string, unknown>> => {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(presets, file));
      return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    };
    const write = (file: string, content: object): Thenable<void> =>
      vscode.workspace.fs.writeFile(
        vscode.Uri.joinPath(presets, file),
        new TextEncoder().encode(JSON.stringify(content)),
      );
    // The first selection made is what there is to be more of, wherever the other one stands.
    select(less, more);
    const site = 'blocks.2.hook_resid_post';
    const back = { name: 'direction-1', site, origin: { more: less, less: more } };
    assert.deepEqual(await run('steerBetween'), back);
    await eventually('the panel', () => steerTabs().length === 1);
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    select(more, less);
    const there = { name: 'direction-2', site, origin: { more, less } };
    assert.deepEqual(await run('steerBetween'), there);
    // Once more it is the same; one selection alone makes none.
    assert.deepEqual(await run('steerBetween'), there);
    select(more);
    assert.equal(await run('steerBetween'), undefined);
    try {
      assert.ok(await run('saveSteeringPreset', 'plain'));
      const plain = await read('plain.json');
      assert.equal('directions' in plain, false);
      const edits = [`calm@${site}:add=2`, `direction-2@${site}:project=0,generated`];
      const calm = { name: 'calm', site, more: 'It was calm.', less };
      const [second] = [{ name: 'direction-2', site, more, less }];
      await write('calm.json', { ...plain, directions: [calm, second], edits });
      assert.equal(await run('loadSteeringPreset', 'calm'), true);
      const command = String(await run('copySteeringCommand', 'posix'));
      assert.match(
        command,
        /^monosem direction .*--more 'It was calm\.' .*--out calm\.safetensors && monosem direction .* && monosem steer .*--direction 'calm=calm\.safetensors' /,
      );
      assert.ok(await run('saveSteeringPreset', 'again'));
      const again = await read('again.json');
      assert.deepEqual(again['directions'], [calm, second]);
      assert.deepEqual(again['edits'], edits);
      // A file is read from beside the preset, and kept there under its name.
      const own = { name: 'own', site, file: 'own.safetensors' };
      const along = `own@${site}:add=2`;
      const bytes = safetensors(Float32Array.from({ length: 288 }, (_, d) => Math.sin(d)));
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(presets, own.file), bytes);
      await write('own.json', { ...plain, directions: [own], edits: [along] });
      assert.equal(await run('loadSteeringPreset', 'own'), true);
      const path = vscode.Uri.joinPath(presets, own.file).fsPath;
      const copied = String(await run('copySteeringCommand', 'posix'));
      assert.ok(copied.includes(`own=${path}`) && !copied.includes('&&'), copied);
      assert.ok(await run('saveSteeringPreset', 'again'));
      assert.deepEqual((await read('again.json'))['directions'], [own]);
      // What is not there, or is a path, is refused.
      for (const file of ['missing.safetensors', '../calm.safetensors']) {
        await write('file.json', { ...plain, directions: [{ name: 'f', site, file }], edits: [] });
        assert.equal(await run('loadSteeringPreset', 'file'), undefined);
      }
    } finally {
      const parent = vscode.Uri.joinPath(folder.uri, '.monosem');
      await vscode.workspace.fs.delete(parent, { recursive: true });
    }
  });

  it('does nothing but explain itself where there is no text', async () => {
    await openText('');
    // The command settles although its notification stays until somebody answers it.
    await vscode.commands.executeCommand('monosem.steerSelection');
    assert.equal(steerTabs().length, 0);
  });
});
