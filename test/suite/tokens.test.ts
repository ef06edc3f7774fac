// The features of a file's tokens: found, painted, explained, and kept right while the file is edited.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, eventually, monosem, openText, ready, replace } from './monosem.ts';

const story = 'Once upon a time, there was a little girl named Lily. She loved her cat very much.';

describe('tokens of a file', () => {
  afterEach(closeEverything);

  it('are analysed and painted in a file of the workspace', async () => {
    const api = await monosem();
    const [file] = await vscode.workspace.findFiles('*.txt');
    assert.ok(file, 'the workspace has no text file');
    await vscode.window.showTextDocument(file);
    await ready(file);
    const tokens = api.tokensOf(file);
    assert.ok(tokens.length > 20, `only ${tokens.length} tokens`);
    assert.ok(tokens.every(({ features }) => features.length <= 5));
    const painted = await eventually('painted tokens', () => {
      const ranges = api.paintedIn(file);
      return ranges.length > 0 && ranges;
    });
    assert.ok(painted.length > tokens.length / 2, `${painted.length} of ${tokens.length} painted`);
    assert.ok(new Set(painted.map(({ feature }) => feature)).size > 1, 'all have one colour');
  });

  it('cover the text exactly, with emoji, tabs, line ends and Chinese', async () => {
    const api = await monosem();
    const { document } = await openText('Tab\there 😀👩‍👩‍👧 and é́ 从前有一个小女孩.\n\n  The end.');
    await ready(document.uri);
    let reached = 0;
    for (const { start, end } of api.tokensOf(document.uri)) {
      assert.ok(start <= reached && end >= reached, `gap or overlap at ${start}-${end}`);
      reached = end;
    }
    assert.equal(reached, document.getText().length);
  });

  it('have a hover with their features and links', async () => {
    const api = await monosem();
    const { document } = await openText(story);
    await ready(document.uri);
    const token = api.tokensOf(document.uri).find(({ text }) => text.trim() === 'girl');
    const [top] = token?.features ?? [];
    assert.ok(token && top, 'the token of “girl” has no feature');
    const position = document.positionAt(token.end - 1);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      position,
    );
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
      .join('\n');
    assert.match(text, /girl/);
    assert.ok(text.includes(`[#${top.feature}](command:monosem.openFeature?`), text);
    assert.ok(text.includes('(command:monosem.steerSelection?'), text);
    assert.match(text, /[█▉▊▋▌▍▎▏]/);
  });

  it('after an edit are those of a fresh analysis', async () => {
    const api = await monosem();
    const edited = await openText(`${story} ${story} ${story}`);
    await ready(edited.document.uri);
    await replace(edited, [story.length + 6, story.length + 10], 'in a faraway');
    await replace(edited, [5, 5], 'again ');
    await ready(edited.document.uri);
    const fresh = await openText(edited.document.getText());
    await ready(fresh.document.uri);
    const a = api.tokensOf(edited.document.uri);
    const b = api.tokensOf(fresh.document.uri);
    const place = ({ id, start, end }: (typeof a)[number]): string => `${id}@${start}-${end}`;
    assert.deepEqual(a.map(place), b.map(place));
    for (const [index, { features }] of a.entries()) {
      const expected = b[index]?.features ?? [];
      assert.equal(features.length, expected.length);
      for (const [slot, { activation }] of features.entries()) {
        const difference = Math.abs(activation - (expected[slot]?.activation ?? 0));
        assert.ok(difference < 1e-3, `token ${index}, slot ${slot}: off by ${difference}`);
      }
    }
  });

  it('follow the text at once while it is typed', async () => {
    const api = await monosem();
    const editor = await openText(story);
    const { uri } = editor.document;
    await ready(uri);
    const before = api.tokensOf(uri).map(({ text }) => text);
    await replace(editor, [0, 0], 'X');
    const during = api.tokensOf(uri).map(({ text }) => text);
    assert.deepEqual(during.slice(-10), before.slice(-10));
  });

  it('can be hidden and shown again', async () => {
    const api = await monosem();
    const { document } = await openText(story);
    await ready(document.uri);
    const isPainted = (): boolean => api.paintedIn(document.uri).length > 0;
    await eventually('painted tokens', isPainted);
    await vscode.commands.executeCommand('monosem.toggleFeatures');
    await eventually('nothing painted', () => !isPainted());
    await vscode.commands.executeCommand('monosem.toggleFeatures');
    await eventually('painted tokens', isPainted);
  });
});
