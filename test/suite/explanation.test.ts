// Why the model expects what it expects: the list of effects as commands and other extensions meet it.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { FeatureEffects } from '../../src/shared/engineProtocol.ts';
import { closeEverything, openText, replace } from './monosem.ts';

const run = async <T>(command: string, ...args: readonly unknown[]): Promise<T | undefined> =>
  vscode.commands.executeCommand<T | undefined>(`monosem.${command}`, ...args);

async function explain(...args: readonly unknown[]): Promise<FeatureEffects> {
  const found = await run<FeatureEffects>('explainNextToken', ...args);
  assert.ok(found, 'nothing was explained');
  return found;
}

const bySize = (sizes: readonly number[]): boolean =>
  sizes.every((size, at) => size <= (sizes[at - 1] ?? Infinity));

describe('explaining the next token', () => {
  afterEach(async () => {
    await run('orderEffects', 'kl');
    await closeEverything();
  });

  it('takes the features of the token before the cursor out, one by one', async () => {
    const editor = await openText('Once upon a time');
    editor.selection = new vscode.Selection(0, 4, 0, 4);
    const found = await explain();
    // Every story begins so.
    assert.equal(found.target.text, ' upon');
    assert.ok(found.target.probability > 0.9);
    assert.equal(found.to - found.from, 1);
    assert.ok(found.effects.length > 1);
    assert.ok(bySize(found.effects.map(({ kl }) => kl)));
  });

  it('takes those of all selected tokens out, and an offset instead of the cursor', async () => {
    const editor = await openText('Once upon a time');
    editor.selection = new vscode.Selection(0, 4, 0, 11);
    const selected = await explain();
    assert.equal(selected.to - selected.from, 2);
    assert.equal(selected.target.text, ' time');
    const pointed = await explain(4, editor.document.uri.toString());
    assert.equal(pointed.target.text, ' upon');
  });

  it('follows another token that is chosen by its text or its id', async () => {
    const editor = await openText('Once upon a time');
    editor.selection = new vscode.Selection(0, 4, 0, 4);
    const first = await explain();
    const other = await run<FeatureEffects>('chooseTargetToken', ' there');
    assert.equal(other?.target.text, ' there');
    const back = await run<FeatureEffects>('chooseTargetToken', first.target.id);
    assert.equal(back?.target.text, ' upon');
    // Two tokens are none; the notification stays until somebody answers it.
    assert.equal(await run('chooseTargetToken', ' there was a'), undefined);
    assert.equal(await run('orderEffects', 'target'), 'target');
  });

  it('is asked again of the text as it is then', async () => {
    const editor = await openText('Once upon a time');
    editor.selection = new vscode.Selection(0, 4, 0, 4);
    const before = await explain();
    await replace(editor, [0, 4], 'Once upon a time, there was a little girl named');
    const after = await run<FeatureEffects>('refreshExplanation');
    assert.ok(after && after.readAt > before.readAt);
    assert.notEqual(after.target.text, ' upon');
  });

  it('does nothing but explain itself where no text precedes the cursor', async () => {
    await openText('');
    assert.equal(await run('explainNextToken'), undefined);
  });
});
