// The extension as VS Code sees it: it is found, it activates, and what its manifest promises is registered.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { monosem } from './monosem.ts';

interface Contributes {
  readonly commands?: readonly { readonly command: string }[];
}

describe('activation', () => {
  const extension = vscode.extensions.getExtension('monosem.monosem');

  it('activates', async () => {
    assert.ok(extension, 'the extension is not installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('starts nothing while no text is visible', async () => {
    const api = await monosem();
    assert.deepEqual(vscode.window.visibleTextEditors, []);
    assert.equal(api.enginePid(), undefined);
    assert.equal(api.model(), undefined);
    assert.deepEqual(api.saes(), []);
  });

  it('registers every command of its manifest', async () => {
    assert.ok(extension);
    const manifest = extension.packageJSON as { readonly contributes: Contributes };
    const declared = (manifest.contributes.commands ?? []).map(({ command }) => command);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(declared.length > 0, 'the manifest declares no command');
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });
});
