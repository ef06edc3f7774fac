// Several SAEs at once: the one that comes with Monosem and a copy of it whose config names another site. The copy is
// read all the same, and its check finds out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { misplacedSite, ownSite, writeMisplacedSae } from '../fixtures/misplacedSae.ts';
import { closeEverything, eventually, monosem, openText, ready } from './monosem.ts';

const story = 'Once upon a time, there was a little girl named Lily. She loved her cat very much.';

const configuration = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('monosem');

async function chooseSaes(...folders: readonly string[]): Promise<void> {
  const uris = folders.map((folder) => vscode.Uri.file(folder));
  await vscode.commands.executeCommand('monosem.chooseSaes', uris);
}

/** Shows a text and waits until it was analysed with these SAEs. */
async function analysed(...folders: readonly string[]): Promise<vscode.TextDocument> {
  const api = await monosem();
  await chooseSaes(...folders);
  const { document } = await openText(story);
  await ready(document.uri);
  await eventually('the SAEs', () => api.saes().length === folders.length);
  await eventually('their readings', () => {
    const saes = new Set(
      api.tokensOf(document.uri).flatMap(({ features }) => features.map(({ sae }) => sae)),
    );
    return saes.size === folders.length;
  });
  await ready(document.uri);
  return document;
}

describe('several SAEs at once', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-saes-'));
  const misplaced = path.join(scratch, 'misplaced');
  let own = '';

  before(() => {
    const extension = vscode.extensions.getExtension('monosem.monosem');
    assert.ok(extension);
    own = writeMisplacedSae(extension.extensionUri.fsPath, misplaced);
  });
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(async () => {
    await closeEverything();
    await configuration().update('saes', undefined, vscode.ConfigurationTarget.Global);
  });

  it('are chosen by a command, and every token has the features of each', async () => {
    const api = await monosem();
    const { uri } = await analysed(own, misplaced);
    assert.deepEqual(configuration().get('saes'), [own, misplaced]);
    const sites = await eventually('their sites', () => {
      const known = api.saes().map((sae) => sae.site);
      return known.includes(misplacedSite) && known;
    });
    assert.deepEqual(sites, [ownSite, misplacedSite]);
    for (const { features } of api.tokensOf(uri)) {
      for (const folder of [own, misplaced]) {
        assert.ok(features.filter(({ sae }) => sae === folder).length <= 5);
      }
      const order = features.map(({ sae }) => (sae === own ? 0 : 1));
      assert.deepEqual(order, [...order].sort());
    }
  });

  it('paint the features of one, which can be changed', async () => {
    const api = await monosem();
    const { uri } = await analysed(own, misplaced);
    const painted = (sae: string): boolean => {
      const ranges = api.paintedIn(uri);
      return ranges.length > 0 && ranges.every((range) => range.sae === sae);
    };
    await eventually('the first one painted', () => painted(own));
    await vscode.commands.executeCommand('monosem.showFeaturesOf', misplaced);
    await eventually('the second one painted', () => painted(misplaced));
    assert.deepEqual(
      api.saes().map(({ isPainted }) => isPainted),
      [false, true],
    );
    // What is not active is refused; the command settles although its notification stays.
    await vscode.commands.executeCommand('monosem.showFeaturesOf', scratch);
    assert.ok(painted(misplaced));
    await vscode.commands.executeCommand('monosem.showFeaturesOf', own);
    await eventually('the first one painted again', () => painted(own));
  });

  it('have a hover that says whose features are whose', async () => {
    const api = await monosem();
    const document = await analysed(own, misplaced);
    await eventually('their sites', () => api.saes()[1]?.site === misplacedSite);
    const token = api.tokensOf(document.uri).find(({ text }) => text.trim() === 'girl');
    assert.ok(token);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      document.positionAt(token.end - 1),
    );
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
      .join('\n');
    const first = text.indexOf(`**\`${ownSite}\`** · painted`);
    const other = text.indexOf(`**\`${misplacedSite}\`**`);
    assert.ok(first >= 0 && other > first, text);
    assert.ok(text.includes(encodeURIComponent(JSON.stringify(misplaced))), text);
  });

  it('are checked: the one that comes with the model passes, the misplaced one is found out', async () => {
    const api = await monosem();
    await analysed(own, misplaced);
    const outcomes = await api.checkSaes();
    const words = JSON.stringify(outcomes);
    assert.deepEqual(
      outcomes.map(({ check }) => check?.passes),
      [true, false],
      words,
    );
    const verdict = outcomes[1]?.check?.verdict ?? '';
    assert.match(verdict, /the config names the wrong site/, words);
    // An unsaved document behind the diagnostics would ask before it is closed.
    await closeEverything();
    await vscode.commands.executeCommand('monosem.showDiagnostics');
    const editor = await eventually(
      'the diagnostics',
      () =>
        vscode.window.activeTextEditor?.document.uri.scheme === 'monosem' &&
        vscode.window.activeTextEditor,
    );
    const facts = editor.document.getText();
    assert.match(facts, /^## Sparse autoencoder 1 of 2$[\s\S]*^ {4}check +passed$/m);
    assert.match(facts, /^## Sparse autoencoder 2 of 2$[\s\S]*^ {4}check +NOT passed$/m);
    assert.ok(facts.includes(verdict), facts);
  });
});
