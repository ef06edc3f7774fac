// A close look at single tokens: what the hover says, what the list of tokens shows, tokens like one of them, and what a
// token is without a feature.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TokenEffect } from '../../src/host/tokens/tokenInspector.ts';
import type { TokenDetails } from '../../src/shared/engineProtocol.ts';
import { closeEverything, eventually, monosem, openText, ready, replace } from './monosem.ts';

const story = 'Once upon a time, there was a little girl named Lily. She loved her cat very much.';
/** The embedded model has six. */
const layers = 6;

type AnalysedToken = ReturnType<Awaited<ReturnType<typeof monosem>>['tokensOf']>[number];

async function hoverAt(document: vscode.TextDocument, offset: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(offset),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
    .join('\n');
}

async function tokenOf(document: vscode.TextDocument, word: string): Promise<AnalysedToken> {
  const api = await monosem();
  const token = api.tokensOf(document.uri).find(({ text }) => text.trim() === word);
  assert.ok(token, `there is no token “${word}”`);
  return token;
}

async function showToken(uri: vscode.Uri, offset?: number): Promise<TokenDetails> {
  const details = await vscode.commands.executeCommand<TokenDetails | undefined>(
    'monosem.showToken',
    offset,
    uri.toString(),
  );
  assert.ok(details, 'the token could not be shown');
  return details;
}

describe('a close look at a token', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('monosem.changeView', 'top');
    await closeEverything();
  });

  it('without predictions the hover offers them behind a link', async () => {
    const { document } = await openText(story);
    await ready(document.uri);
    const { start, id } = await tokenOf(document, 'girl');
    const hover = await hoverAt(document, start);
    assert.ok(hover.includes(`id ${id}`), hover);
    assert.ok(
      hover.includes('[loss, predictions and logit lens](command:monosem.showToken?'),
      hover,
    );
    for (const command of [
      'pinFeature',
      'steerSelection',
      'boostFeatureHere',
      'ablateFeatureHere',
    ]) {
      assert.ok(hover.includes(`(command:monosem.${command}?`), hover);
    }
    // “ girl” in UTF-8: the vocabulary was asked for it.
    const spelt = await eventually('its bytes', async () => {
      const again = await hoverAt(document, start);
      return again.includes('bytes `20 67 69 72 6C`') && again;
    });
    assert.ok(spelt.includes('share'), spelt);
  });

  it('in the view of surprise the hover says what the model expected', async () => {
    await vscode.commands.executeCommand('monosem.changeView', 'surprise');
    const { document } = await openText(story);
    await ready(document.uri);
    const { start } = await tokenOf(document, 'upon');
    const hover = await eventually('texts of what was predicted', async () => {
      const text = await hoverAt(document, start);
      return !text.includes('`id ') && text;
    });
    assert.match(
      hover,
      /\*\*Loss\*\* \d+\.\d+ nats \(\d+\.\d+ bits\), probability [<\d.]+%, rank \d+/,
    );
    // Every story begins so.
    assert.match(hover, /\*\*Expected here\*\* \*\*`·upon` 9\d(\.\d)?%\*\*/);
  });

  it('shows the token in the list, with the logit lens of every layer; the hover shows it from then on', async () => {
    const { document } = await openText(story);
    await ready(document.uri);
    const { start, end, id } = await tokenOf(document, 'girl');
    const details = await showToken(document.uri, start);
    assert.deepEqual([details.start, details.end, details.id], [start, end, id]);
    const { here } = details;
    assert.ok(here?.lens && here.actual);
    assert.equal(here.lens.layers.length, layers);
    const last = here.lens.layers.at(-1);
    assert.deepEqual([...(last?.ids ?? [])], [...here.top.ids].slice(0, last?.ids.length));
    assert.equal(here.lens.ranks.at(-1), here.actual.rank);
    const hover = await hoverAt(document, start);
    assert.ok(hover.includes(`rank ${here.actual.rank}`), hover);
    for (let layer = 0; layer < layers; layer++)
      assert.match(hover, new RegExp(`^\\| ${layer} \\|`, 'm'));
  });

  it('is taken at the cursor where no place is named, and again after an edit', async () => {
    const editor = await openText(story);
    const { document } = editor;
    await ready(document.uri);
    const { start } = await tokenOf(document, 'girl');
    const cursor = document.positionAt(start + 2);
    editor.selection = new vscode.Selection(cursor, cursor);
    const details = await vscode.commands.executeCommand<TokenDetails>('monosem.showToken');
    assert.equal(details.start, start);
    await replace(editor, [0, 0], 'Now: ');
    // What was computed for another text is not shown any more.
    const during = await hoverAt(document, start + 5);
    assert.ok(!during.includes('rank of this token'), during);
    await ready(document.uri);
    assert.equal((await showToken(document.uri, start + 5)).start, start + 5);
  });

  it('of one token gives way to that of another', async () => {
    const { document } = await openText(story);
    await ready(document.uri);
    const [first, second] = [await tokenOf(document, 'girl'), await tokenOf(document, 'cat')];
    const given = vscode.commands.executeCommand('monosem.showToken', first.start);
    const details = await showToken(document.uri, second.start);
    assert.equal(details.start, second.start);
    // It settles all the same, and nothing is reported.
    await given;
  });
});

describe('tokens like one of them', () => {
  afterEach(closeEverything);

  it('are offered; moving through the list and choosing one goes there', async () => {
    const text = Array.from({ length: 60 }, (_, n) => `${n} The girl saw a cat.`).join('\n');
    const editor = await openText(text);
    const { document } = editor;
    await ready(document.uri);
    const { start } = await tokenOf(document, 'girl');
    const before = editor.selection;
    const finding = vscode.commands.executeCommand('monosem.findSimilarTokens', start);
    const choosing = (async (): Promise<void> => {
      let isOver = false;
      void finding.then(() => {
        isOver = true;
      });
      // The list takes the key as soon as it is there.
      await eventually('the chosen place', async () => {
        await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        return isOver;
      });
    })();
    await Promise.all([finding, choosing]);
    const { selection } = vscode.window.activeTextEditor ?? editor;
    assert.ok(!selection.isEqual(before) && !selection.isEmpty, 'nothing was chosen');
    assert.notEqual(document.offsetAt(selection.start), start);
    assert.match(document.getText(selection), /\w/);
  });
});

describe('a token without a feature', () => {
  afterEach(closeEverything);

  it('tells what the feature did for what comes next', async () => {
    const { document } = await openText(story);
    await ready(document.uri);
    const { start, features } = await tokenOf(document, 'girl');
    const [top] = features;
    assert.ok(top, 'the token of “girl” has no feature');
    const effect = await vscode.commands.executeCommand<TokenEffect | undefined>(
      'monosem.ablateFeatureHere',
      top.feature,
      top.sae,
      start,
    );
    assert.ok(effect, 'the feature could not be taken out');
    assert.equal(effect.feature, top.feature);
    assert.ok(Math.abs(effect.activation - top.activation) < 1e-3);
    assert.ok(effect.next.kl > 0, `KL ${effect.next.kl}`);
    assert.ok(effect.ids.length > 0 && effect.ids.length <= 24);
    assert.ok([...effect.ablated].every(Number.isFinite));
    const behind = document.getText(
      new vscode.Range(
        document.positionAt(effect.starts[0] ?? 0),
        document.positionAt(effect.ends[0] ?? 0),
      ),
    );
    assert.equal(behind.trim(), 'named');
  });
});
