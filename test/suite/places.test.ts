// Wherever text lives: unsaved and virtual documents, file systems of other extensions, one document in two editors, and
// what happens to a document that is renamed, closed or given another language.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../src/shared/disposable.ts';
import { MemoryFileSystem } from './memoryFileSystem.ts';
import { closeEverything, eventually, monosem, openText, ready, replace } from './monosem.ts';

const story = 'Once upon a time, there was a little girl named Lily. She loved her cat very much.';

async function isPainted(uri: vscode.Uri): Promise<void> {
  const api = await monosem();
  await eventually('painted tokens', () => api.paintedIn(uri).length > 5);
}

async function textOfTokens(uri: vscode.Uri): Promise<string> {
  return (await monosem())
    .tokensOf(uri)
    .map(({ text }) => text)
    .join('');
}

describe('text', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-places-'));
  const lifetime = new DisposableStore();
  const writeFile = (name: string, text: string): vscode.Uri => {
    fs.writeFileSync(path.join(scratch, name), text);
    return vscode.Uri.file(path.join(scratch, name));
  };

  after(() => {
    lifetime.dispose();
    fs.rmSync(scratch, { recursive: true, force: true });
  });
  afterEach(closeEverything);

  it('that was never saved is analysed, and what is not saved yet counts', async () => {
    const untitled = await openText(story);
    await ready(untitled.document.uri);
    assert.equal(await textOfTokens(untitled.document.uri), story);
    const file = writeFile('saved.txt', 'Tom ran.');
    const editor = await vscode.window.showTextDocument(file);
    await ready(file);
    await replace(editor, [0, 3], 'The big brown dog');
    assert.ok(editor.document.isDirty);
    await ready(file);
    assert.equal(await textOfTokens(file), 'The big brown dog ran.');
    await editor.document.save();
  });

  it('of a content provider is analysed and painted, and again when it changes', async () => {
    let text = story;
    const changed = lifetime.add(new vscode.EventEmitter<vscode.Uri>());
    lifetime.add(
      vscode.workspace.registerTextDocumentContentProvider('monosem-test-text', {
        onDidChange: changed.event,
        provideTextDocumentContent: () => text,
      }),
    );
    const uri = vscode.Uri.parse('monosem-test-text:/story.txt');
    await vscode.window.showTextDocument(uri);
    await ready(uri);
    await isPainted(uri);
    assert.equal(await textOfTokens(uri), story);
    text = 'A dragon slept.';
    changed.fire(uri);
    await eventually('the tokens of the new text', () => {
      const document = vscode.workspace.textDocuments.find((each) => each.uri.path === uri.path);
      return document?.getText() === text;
    });
    await ready(uri);
    assert.equal(await textOfTokens(uri), text);
  });

  it('in a file system that another extension provides is analysed, also while it is edited', async () => {
    const files = new MemoryFileSystem();
    lifetime.add(vscode.workspace.registerFileSystemProvider('monosem-test-files', files));
    const uri = vscode.Uri.parse('monosem-test-files:/folder/story.txt');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(story));
    const editor = await vscode.window.showTextDocument(uri);
    await ready(uri);
    await isPainted(uri);
    await replace(editor, [0, 0], 'Listen: ');
    await ready(uri);
    assert.equal(await textOfTokens(uri), `Listen: ${story}`);
    assert.ok(await editor.document.save());
    const saved = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    assert.equal(saved, `Listen: ${story}`);
  });

  it('in two editors at once is analysed where either of them shows it', async () => {
    const api = await monosem();
    // Above the limit only what somebody sees is analysed.
    const lines = Array.from(
      { length: 8000 },
      (_, n) => `Day ${n}: Lily went to park ${n} with Tom.`,
    );
    const file = writeFile('long.txt', lines.join('\n'));
    const top = await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One });
    await ready(file);
    const { document } = top;
    const end = document.offsetAt(new vscode.Position(7000, 0));
    assert.ok(api.tokensOf(file).every((token) => token.end < end));
    const bottom = await vscode.window.showTextDocument(document, vscode.ViewColumn.Two);
    const place = new vscode.Range(7000, 0, 7000, 0);
    bottom.revealRange(place, vscode.TextEditorRevealType.InCenter);
    const covers = (from: number): boolean =>
      api.tokensOf(file).some((token) => token.start <= from && from < token.end);
    await eventually('tokens where the second editor is', () => covers(end));
    await ready(file);
    assert.ok(covers(0) && covers(end));
    for (const line of [0, 7000]) {
      await eventually(`colours at line ${line}`, () =>
        api.paintedIn(file).some(({ range }) => Math.abs(range.start.line - line) < 5),
      );
    }
    assert.ok(!covers(document.offsetAt(new vscode.Position(3500, 0))));
    // An edit at the top leaves the tokens at the bottom in their places.
    await replace(top, [0, 0], 'Now ');
    assert.ok(covers(end + 4));
    await ready(file);
    assert.ok(covers(0) && covers(end + 4));
    await document.save();
  });

  it('of another language is the same text: nothing is forgotten', async () => {
    const api = await monosem();
    const { document } = await openText(story);
    await ready(document.uri);
    await isPainted(document.uri);
    const before = api.tokensOf(document.uri).length;
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    assert.equal(api.tokensOf(document.uri).length, before);
    assert.equal(api.stateOf(document.uri)?.kind, 'ready');
    assert.ok(api.paintedIn(document.uri).length > 5);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    await replace(editor, [0, 4], 'Twice');
    await ready(document.uri);
    assert.equal(await textOfTokens(document.uri), `Twice${story.slice(4)}`);
  });

  it('of a renamed file goes by its new name, and nothing stays of the old one', async () => {
    const api = await monosem();
    const old = writeFile('before.txt', story);
    await vscode.window.showTextDocument(old);
    await ready(old);
    const renamed = vscode.Uri.file(path.join(scratch, 'after.txt'));
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(old, renamed);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await ready(renamed);
    await isPainted(renamed);
    await eventually('the old name to be forgotten', () => api.stateOf(old) === undefined);
  });

  it('that nobody sees is not analysed, and of a closed document nothing is kept', async () => {
    const api = await monosem();
    const first = await openText(story);
    await ready(first.document.uri);
    const second = await openText('Another story.');
    await ready(second.document.uri);
    assert.equal(api.stateOf(first.document.uri)?.kind, 'idle');
    assert.ok(api.tokensOf(first.document.uri).length > 0);
    await closeEverything();
    await eventually('both to be forgotten', () =>
      [first, second].every(({ document }) => api.stateOf(document.uri) === undefined),
    );
  });

  it('in the parts of VS Code itself is left alone', async () => {
    const api = await monosem();
    await vscode.commands.executeCommand('workbench.action.openRawDefaultSettings');
    const shown = await eventually('the default settings', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'vscode'),
    );
    const { document } = await openText(story);
    await ready(document.uri);
    assert.equal(api.stateOf(shown.document.uri), undefined);
  });
});
