// Two texts beside each other: both sides of any diff editor are read, and Compare Features says what the one has that
// the other has not.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TextComparison } from '../../src/shared/readingProtocol.ts';
import { closeEverything, eventually, monosem, openText, ready, replace } from './monosem.ts';

const beginning = 'Once upon a time, there was a little girl named Lily.';
const left = `${beginning} She loved her cat very much.`;
const right = `${beginning} She had a big red fire truck.`;

const compare = (...args: readonly unknown[]): Thenable<TextComparison | undefined> =>
  vscode.commands.executeCommand('monosem.compareFeatures', ...args);

function activeDiff(): readonly string[] | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff
    ? [input.original, input.modified].map((uri) => uri.toString())
    : undefined;
}

/** Both texts are analysed, exactly, and painted. */
async function bothRead(texts: readonly (readonly [vscode.Uri, string])[]): Promise<void> {
  const api = await monosem();
  for (const [uri, text] of texts) {
    await ready(uri);
    const tokens = api.tokensOf(uri).map((token) => token.text);
    assert.equal(tokens.join(''), text);
    await eventually('painted tokens', () => api.paintedIn(uri).length > 5);
  }
}

describe('two texts', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-comparison-'));
  const fileOf = (name: string): vscode.Uri => vscode.Uri.file(path.join(scratch, name));
  const [a, b] = [fileOf('a.txt'), fileOf('b.txt')];

  before(() => {
    fs.writeFileSync(a.fsPath, left);
    fs.writeFileSync(b.fsPath, right);
  });
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(async () => {
    await vscode.commands.executeCommand('monosem.closeComparison');
    await closeEverything();
  });

  for (const isSideBySide of [true, false]) {
    it(`in a diff editor are both read, ${isSideBySide ? 'side by side' : 'inline'}`, async () => {
      const editor = vscode.workspace.getConfiguration('diffEditor');
      await editor.update('renderSideBySide', isSideBySide, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('vscode.diff', a, b, 'two stories');
      await bothRead([
        [a, left],
        [b, right],
      ]);
      await editor.update('renderSideBySide', undefined, vscode.ConfigurationTarget.Global);
    });
  }

  it('are compared: what the right one has more of is gained, what it has less of is lost', async () => {
    const comparison = await compare(a, b);
    assert.ok(comparison);
    assert.deepEqual(activeDiff(), [a.toString(), b.toString()]);
    await bothRead([
      [a, left],
      [b, right],
    ]);
    const api = await monosem();
    const tokens = [api.tokensOf(a), api.tokensOf(b)] as const;
    assert.equal(comparison.leftTokens, tokens[0].length);
    assert.equal(comparison.rightTokens, tokens[1].length);
    assert.ok(comparison.commonTokens >= 13 && comparison.commonTokens < tokens[0].length);
    // The totals are those of the tokens as they are shown.
    const totalIn = (side: 0 | 1, feature: number): number =>
      tokens[side].reduce((sum, { features }) => {
        const here = features.find((each) => each.feature === feature);
        return sum + (here?.activation ?? 0);
      }, 0);
    assert.ok(comparison.gained.length > 0 && comparison.lost.length > 0);
    for (const change of [...comparison.gained, ...comparison.lost]) {
      const { feature, leftTotal, rightTotal } = change;
      assert.ok(Math.abs(leftTotal - totalIn(0, feature)) < 1e-3 * (1 + leftTotal));
      assert.ok(Math.abs(rightTotal - totalIn(1, feature)) < 1e-3 * (1 + rightTotal));
    }
    assert.ok(comparison.gained.every((change) => change.rightTotal > change.leftTotal));
    assert.ok(comparison.lost.every((change) => change.rightTotal < change.leftTotal));
    // Nothing before the first different word can differ: the model reads from left to right.
    const [changed] = comparison.changed;
    assert.ok([...(changed?.leftStarts ?? [])].every((start) => start > beginning.length));
  });

  it('as two files selected in the explorer, or as the two sides of the editor in front', async () => {
    const selected = await compare(b, [a, b]);
    assert.ok(selected);
    assert.deepEqual(activeDiff(), [a.toString(), b.toString()]);
    await closeEverything();
    await vscode.commands.executeCommand('vscode.diff', b, a, 'the other way round');
    const reversed = await compare(a, { groupId: 0 });
    const features = (changes: TextComparison['gained']): readonly number[] =>
      changes.map(({ feature }) => feature).sort((one, other) => one - other);
    assert.deepEqual(features(reversed?.gained ?? []), features(selected.lost));
    assert.deepEqual(activeDiff(), [b.toString(), a.toString()]);
  });

  it('as the file in front and one that is chosen: the open ones come first', async () => {
    await vscode.window.showTextDocument(b, { preview: false });
    await vscode.window.showTextDocument(a, { preview: false });
    const comparing = compare();
    const accept = setInterval(() => {
      void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }, 200);
    const comparison = await comparing;
    clearInterval(accept);
    assert.ok(comparison);
    assert.deepEqual(activeDiff(), [a.toString(), b.toString()]);
  });

  it('that nobody saved are compared as they stand in their editors', async () => {
    const untitled = await openText(left);
    const changed = fileOf('changed.txt');
    fs.writeFileSync(changed.fsPath, right);
    const inSecond = { viewColumn: vscode.ViewColumn.Two };
    const file = await vscode.window.showTextDocument(changed, inSecond);
    await replace(file, [0, right.length], left);
    const same = await compare(untitled.document.uri, changed);
    assert.ok(same);
    assert.equal(same.commonTokens, same.leftTokens);
    assert.deepEqual([same.gained.length, same.lost.length, ...same.changedTokens], [0, 0, 0]);
  });

  it('a change of the list leads to its place, also after an edit in front of it', async () => {
    const comparison = await compare(a, b);
    const gained = comparison?.gained[0];
    const lost = comparison?.lost[0];
    assert.ok(gained && lost);
    const selectedIn = (uri: vscode.Uri): string | undefined => {
      const shown = vscode.window.visibleTextEditors.find(
        ({ document }) => document.uri.toString() === uri.toString(),
      );
      return shown?.document.getText(shown.selection);
    };
    const show = (place: object): Thenable<unknown> =>
      vscode.commands.executeCommand('monosem.showChange', place);
    await show({ side: 'right', start: gained.peakStart, end: gained.peakEnd });
    const wanted = right.slice(gained.peakStart, gained.peakEnd);
    await eventually('the place on the right', () => selectedIn(b) === wanted);
    await show({ side: 'left', start: lost.peakStart, end: lost.peakEnd });
    const before = left.slice(lost.peakStart, lost.peakEnd);
    await eventually('the place on the left', () => selectedIn(a) === before);
    const editor = vscode.window.visibleTextEditors.find(({ document }) => {
      return document.uri.toString() === b.toString();
    });
    assert.ok(editor);
    await replace(editor, [0, 0], 'Listen to this story. ');
    await show({ side: 'right', start: gained.peakStart, end: gained.peakEnd });
    await eventually('the place, moved', () => selectedIn(b) === wanted);
    // What is no place does nothing.
    await show({ side: 'right', start: -1, end: 'x' });
  });
});

describe('a file and its last commit', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-git-'));
  const file = vscode.Uri.file(path.join(scratch, 'story.txt'));
  const hasGit = spawnSync('git', ['--version']).status === 0;
  const withHead = (uri?: vscode.Uri): Thenable<TextComparison | undefined> =>
    vscode.commands.executeCommand('monosem.compareWithHead', uri);

  before(() => fs.writeFileSync(file.fsPath, left));
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(async () => {
    await vscode.commands.executeCommand('monosem.closeComparison');
    await closeEverything();
  });

  if (hasGit) {
    it('are compared by command', async () => {
      const git = (...args: readonly string[]): unknown =>
        execFileSync('git', ['-c', 'user.name=M', '-c', 'user.email=m@example.org', ...args], {
          cwd: scratch,
          stdio: 'ignore',
        });
      git('init');
      git('add', '.');
      git('commit', '-m', 'A story');
      fs.writeFileSync(file.fsPath, right);
      await vscode.window.showTextDocument(file);
      const comparison = await withHead();
      assert.ok(comparison && comparison.gained.length > 0 && comparison.lost.length > 0);
      const [original = '', modified] = activeDiff() ?? [];
      assert.ok(original.startsWith('git:'));
      assert.equal(modified, file.toString());
      await bothRead([
        [vscode.Uri.parse(original, true), left],
        [file, right],
      ]);
    });
  }

  it('is told why not, where there is none, and nothing opens', async () => {
    const other = path.join(scratch, 'new.txt');
    fs.writeFileSync(other, 'A new story.');
    assert.equal(await withHead(vscode.Uri.file(other)), undefined);
    assert.equal(await withHead((await openText('Nowhere.')).document.uri), undefined);
    assert.equal(activeDiff(), undefined);
  });
});
