// The steering panel opens on a selection. What happens inside it is tested in a real browser.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, eventually, openText } from './monosem.ts';

function steerTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview)
    .filter(({ input }) => (input as vscode.TabInputWebview).viewType.endsWith('monosem.steer'));
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

  it('does nothing but explain itself where there is no text', async () => {
    await openText('');
    // The command settles although its notification stays until somebody answers it.
    await vscode.commands.executeCommand('monosem.steerSelection');
    assert.equal(steerTabs().length, 0);
  });
});
