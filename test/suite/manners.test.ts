// How the extension behaves as a guest in VS Code: nothing starts before it is used, an analysis can be stopped and
// resumed, the sample story opens, and no key of VS Code's own is taken.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { sampleStory } from '../../src/host/sampleStory.ts';
import { closeEverything, eventually, monosem, openText, ready, replace } from './monosem.ts';

const sentence = 'Lily and Ben went to the park. They saw a big dog and a small bird.';

async function run(command: string): Promise<void> {
  await vscode.commands.executeCommand(`monosem.${command}`);
}

describe('stopping an analysis', () => {
  afterEach(closeEverything);

  /** Shows a long text and stops its analysis under way; no part of it stands in another, so nothing is known of it. */
  async function stopped(beginning: string): Promise<vscode.TextEditor> {
    const api = await monosem();
    const lines = Array.from({ length: 200 }, (_, n) => `${beginning} ${n}: ${sentence}`);
    const editor = await openText(lines.join('\n'));
    const { uri } = editor.document;
    await eventually('an analysis under way', () => api.stateOf(uri)?.kind === 'analysing');
    await run('stopAnalysis');
    assert.equal(api.stateOf(uri)?.kind, 'stopped');
    const known = api.tokensOf(uri);
    assert.ok(known.length > 0 && known.at(-1)?.end !== editor.document.getText().length);
    return editor;
  }

  it('keeps what is known, also in another tab, until it is resumed', async () => {
    const api = await monosem();
    const editor = await stopped('One.');
    const { uri } = editor.document;
    await ready((await openText('Another text.')).document.uri);
    await vscode.window.showTextDocument(editor.document);
    assert.equal(api.stateOf(uri)?.kind, 'stopped');
    await run('resumeAnalysis');
    await ready(uri);
    assert.equal(api.tokensOf(uri).at(-1)?.end, editor.document.getText().length);
  });

  it('ends with the next edit', async () => {
    const editor = await stopped('Two.');
    await replace(editor, [0, 4], 'Three.');
    await ready(editor.document.uri);
  });

  it('ends when features are hidden and shown again', async () => {
    const editor = await stopped('Four.');
    await run('toggleFeatures');
    await run('toggleFeatures');
    await ready(editor.document.uri);
  });
});

describe('the sample story', () => {
  afterEach(closeEverything);

  it('opens once, with colours', async () => {
    const api = await monosem();
    /** VS Code may still name an editor that was closed before. */
    const shown = (): vscode.TextDocument | undefined => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.getText() === sampleStory ? document : undefined;
    };
    await run('openSample');
    const first = await eventually('the story', shown);
    assert.ok(first.isUntitled);
    await ready(first.uri);
    await eventually('painted tokens', () => api.testing.paintedIn(first.uri).length > 50);
    await run('openSample');
    assert.equal(await eventually('the story again', shown), first);
  });

  it('shows the hover of a coloured word', async () => {
    const api = await monosem();
    await run('showSampleHover');
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const { document, selection } = editor;
    await eventually('colour at the cursor', () =>
      api.testing.paintedIn(document.uri).some(({ range }) => range.contains(selection.active)),
    );
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      selection.active,
    );
    const [content] = hovers.flatMap(({ contents }) => contents);
    assert.ok(content instanceof vscode.MarkdownString);
    assert.match(content.value, /·rain/);
  });

  it('shows features that were hidden', async () => {
    await run('toggleFeatures');
    await run('openSample');
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    await ready(document.uri);
  });
});

interface KeyBinding {
  readonly key: string;
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly contributes: { readonly keybindings: readonly KeyBinding[] };
}

describe('key bindings', () => {
  it('are none that VS Code uses itself', async () => {
    const own = vscode.extensions.getExtension('monosem.monosem')?.packageJSON as Manifest;
    const keys = new Set(own.contributes.keybindings.map(({ key }) => key));
    const defaults = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
    const text = (await vscode.workspace.openTextDocument(defaults)).getText();
    const all = JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, '')) as readonly KeyBinding[];
    const spelling = all.find(({ command }) => command === 'editor.action.addCommentLine')?.key;
    assert.equal(spelling, 'ctrl+k ctrl+c');
    const taken = all.filter(
      ({ key, command }) => keys.has(key) && !command.startsWith('monosem.'),
    );
    assert.deepEqual(taken, []);
  });
});
