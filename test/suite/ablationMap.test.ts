// Where in a real file the model needs a feature: what is painted, what the hover says, and what an edit does to it.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PaintedRange } from '../../src/host/api/testing.ts';
import { closeEverything, eventually, monosem, openText, ready, replace } from './monosem.ts';

const story =
  'Once upon a time, there was a little girl named Lily. She loved her cat very much.\n' +
  'One day the cat ran away. Lily was sad and looked for her cat in the xylophone.\n';

async function paintedSo(
  what: string,
  { uri }: vscode.TextDocument,
  isSo: (ranges: readonly PaintedRange[]) => boolean,
): Promise<readonly PaintedRange[]> {
  const api = await monosem();
  return eventually(what, () => {
    const ranges = api.paintedIn(uri);
    return isSo(ranges) && ranges;
  });
}

const isMap = (all: readonly PaintedRange[]): boolean =>
  all.length > 0 && all.every(({ kind }) => kind === 'harder' || kind === 'easier');

async function hoverAt({ uri }: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
    .join('\n');
}

describe('an ablation map', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('monosem.changeView', 'top');
    await closeEverything();
  });

  it('paints how the loss of each token changes without a feature, also after an edit', async () => {
    const api = await monosem();
    const editor = await openText(story);
    const { document } = editor;
    await ready(document.uri);
    // “ upon” follows “Once” only.
    const [strongest] = api.tokensOf(document.uri)[1]?.features ?? [];
    assert.ok(strongest);
    const { sae, feature } = strongest;
    await vscode.commands.executeCommand('monosem.showAblationMap', feature, sae);
    const ranges = await paintedSo('an ablation map', document, isMap);
    for (const { kind, colour, level } of ranges)
      assert.equal(colour, `monosem.${kind}.level${level + 1}`);
    const [first] = ranges;
    assert.ok(first);
    const hover = await hoverAt(document, first.range.start);
    assert.match(hover, new RegExp(`\\*\\*Loss without #${feature}\\*\\* \\S+ → \\S+ nats`));
    await replace(editor, [story.length, story.length], 'It was dark.');
    await ready(document.uri);
    await paintedSo('it again', document, (all) => isMap(all) && all.length >= ranges.length);
    await vscode.commands.executeCommand('monosem.changeView', 'top');
    await paintedSo('features again', document, (all) => all[0]?.kind === 'feature');
  });
});
