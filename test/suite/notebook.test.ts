// Notebooks: every cell that is edited is a text of its own, as far as somebody sees it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeEverything, eventually, monosem, ready, replace } from './monosem.ts';

const cellCount = 40;

function notebookText(): string {
  const cells = Array.from({ length: cellCount }, (_, n) => ({
    ...{ cell_type: 'code', metadata: {}, outputs: [], execution_count: null },
    source: [`# Story ${n}: Lily and her cat\n`, 'print("Once upon a time")\n', 'x = 1'],
  }));
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

describe('a notebook', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-notebook-'));
  const file = path.join(scratch, 'stories.ipynb');

  before(() => fs.writeFileSync(file, notebookText()));
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(closeEverything);

  /** As a person opens it: what an extension opens stays open for minutes after its editor. */
  async function opened(): Promise<vscode.NotebookEditor> {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    return eventually('the notebook', () => vscode.window.activeNotebookEditor);
  }

  /** The editor of a cell, once it is drawn. */
  async function shown({ document }: vscode.NotebookCell): Promise<vscode.TextEditor> {
    return eventually(`the editor of ${document.uri.fragment}`, () =>
      vscode.window.visibleTextEditors.find((editor) => editor.document === document),
    );
  }

  it('has its visible cells analysed, each for itself, painted and with hovers', async () => {
    const api = await monosem();
    const { notebook } = await opened();
    const cells = [notebook.cellAt(0), notebook.cellAt(1)];
    for (const cell of cells) {
      await shown(cell);
      const { uri } = cell.document;
      await ready(uri);
      const tokens = api.tokensOf(uri);
      assert.equal(tokens.map(({ text }) => text).join(''), cell.document.getText());
      assert.equal(tokens[0]?.start, 0);
      await eventually('painted tokens', () => api.paintedIn(uri).length > 5);
    }
    const { document } = notebook.cellAt(0);
    const position = document.positionAt(document.getText().indexOf('Lily') + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      position,
    );
    const words = hovers.flatMap(({ contents }) =>
      contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : '')),
    );
    assert.ok(words.some((text) => text.includes('command:monosem.openFeature')));
  });

  it('follows the edits of a cell and leaves the others as they are', async () => {
    const api = await monosem();
    const { notebook } = await opened();
    const [edited, other] = [notebook.cellAt(0), notebook.cellAt(1)];
    const editor = await shown(edited);
    await shown(other);
    await ready(edited.document.uri);
    await ready(other.document.uri);
    const before = JSON.stringify(api.tokensOf(other.document.uri));
    await replace(editor, [2, 7], 'A dragon');
    await ready(edited.document.uri);
    const text = api.tokensOf(edited.document.uri).map((token) => token.text);
    assert.equal(text.join(''), edited.document.getText());
    assert.ok(edited.document.getText().startsWith('# A dragon 0'));
    assert.equal(JSON.stringify(api.tokensOf(other.document.uri)), before);
    await notebook.save();
  });

  it('is analysed where it is scrolled to, not where nobody looks, and forgotten when it closes', async () => {
    const api = await monosem();
    const editor = await opened();
    const [first, last] = [editor.notebook.cellAt(0), editor.notebook.cellAt(cellCount - 1)];
    await shown(first);
    await ready(first.document.uri);
    assert.equal(api.stateOf(last.document.uri), undefined);
    editor.revealRange(new vscode.NotebookRange(cellCount - 1, cellCount));
    await shown(last);
    await ready(last.document.uri);
    await eventually('the first cell to be left', () => {
      return api.stateOf(first.document.uri)?.kind === 'idle';
    });
    await closeEverything();
    await eventually('its cells to be forgotten', () =>
      [first, last].every(({ document }) => api.stateOf(document.uri) === undefined),
    );
  });
});
