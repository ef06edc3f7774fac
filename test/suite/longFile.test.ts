// A file of two megabytes: what is seen is analysed, wherever somebody goes, and typing goes on as in any other file.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeEverything, eventually, monosem, ready, settled } from './monosem.ts';

const lineCount = 48_000;
const lines = Array.from(
  { length: lineCount },
  (_, n) => `Day ${n}: Lily went to park number ${n % 977} with Tom.`,
);

describe('a file of two megabytes', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-long-'));
  const file = vscode.Uri.file(path.join(scratch, 'long.txt'));

  before(() => {
    fs.writeFileSync(file.fsPath, lines.join('\n'));
    assert.ok(fs.statSync(file.fsPath).size > 2e6);
  });
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(closeEverything);

  async function opened(): Promise<vscode.TextEditor> {
    const editor = await vscode.window.showTextDocument(file);
    await ready(file);
    return editor;
  }

  /** Goes to a line and waits until the tokens there are known and painted. */
  async function lookAt(editor: vscode.TextEditor, line: number): Promise<void> {
    const api = await monosem();
    const { document } = editor;
    const place = new vscode.Range(line, 0, line, 0);
    editor.revealRange(place, vscode.TextEditorRevealType.InCenter);
    const offset = document.offsetAt(place.start);
    await eventually(`tokens of line ${line}`, () =>
      api.tokensOf(file).some((token) => token.start <= offset && offset < token.end),
    );
    await eventually(`colours at line ${line}`, () =>
      api.paintedIn(file).some(({ range }) => Math.abs(range.start.line - line) < 5),
    );
  }

  it('opens with the tokens of its visible part, and with those alone', async () => {
    const api = await monosem();
    const { document } = await opened();
    const tokens = api.tokensOf(file);
    assert.equal(tokens[0]?.start, 0);
    assert.ok(tokens.length > 100, `only ${tokens.length} tokens`);
    const end = tokens.at(-1)?.end ?? 0;
    assert.ok(end < document.getText().length / 20, `analysed up to ${end}`);
    assert.equal(tokens.map(({ text }) => text).join(''), document.getText().slice(0, end));
  });

  it('has its features wherever somebody scrolls, and keeps those that were found', async () => {
    const api = await monosem();
    const editor = await opened();
    for (const line of [24_000, lineCount - 3, 12_000]) {
      await lookAt(editor, line);
      await ready(file);
    }
    const known = api.tokensOf(file);
    for (const line of [0, 12_000, 24_000, lineCount - 3]) {
      const offset = editor.document.offsetAt(new vscode.Position(line, 4));
      const token = known.find(({ start, end }) => start <= offset && offset < end);
      assert.ok(token, `line ${line} has no token`);
      assert.equal(token.text, editor.document.getText().slice(token.start, token.end));
    }
  });

  it('takes what is typed, and its tokens are those of the new text', async () => {
    const api = await monosem();
    const editor = await opened();
    await lookAt(editor, 30_000);
    const start = new vscode.Position(30_000, 0);
    editor.selection = new vscode.Selection(start, start);
    const typed = 'The old king was very tired. ';
    // Nobody waits for the analysis between two letters.
    for (const letter of typed) {
      await vscode.commands.executeCommand('type', { text: letter });
    }
    assert.ok(editor.document.lineAt(30_000).text.startsWith(`${typed}Day 30000:`));
    const state = await settled(file);
    assert.equal(state.kind, 'ready');
    const offset = editor.document.offsetAt(start);
    const here = api
      .tokensOf(file)
      .filter((token) => token.start >= offset && token.end <= offset + typed.length);
    assert.equal(here.map(({ text }) => text).join(''), typed.trimEnd());
    assert.ok(here.every(({ features }) => features.length > 0));
  });
});
