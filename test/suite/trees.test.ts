// The lists at the side as commands and other extensions meet them: ranking, pinning, hiding, links, SAEs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RankedFeature } from '../../src/host/trees/rankFile.ts';
import { writeMisplacedSae } from '../fixtures/misplacedSae.ts';
import { closeEverything, eventually, monosem, openText, ready } from './monosem.ts';

const story =
  'Once upon a time, there was a little girl named Lily. She loved her cat. The rain fell on the cat, and Lily was sad. One day the sun came out.';

const run = async (command: string, ...args: readonly unknown[]): Promise<unknown> =>
  vscode.commands.executeCommand(`monosem.${command}`, ...args);
const configuration = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('monosem');
const hidden = (): readonly string[] => configuration().get<string[]>('features.hidden') ?? [];

async function analysed(): Promise<vscode.TextDocument> {
  const { document } = await openText(story);
  await ready(document.uri);
  return document;
}

describe('the lists at the side', () => {
  let own = '';
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-trees-'));

  before(async () => {
    // All of them can be seen, so all of them follow what happens.
    await vscode.workspace
      .getConfiguration('extensions')
      .update(
        'confirmedUriHandlerExtensionIds',
        ['monosem.monosem'],
        vscode.ConfigurationTarget.Global,
      );
    for (const view of ['fileFeatures', 'collection', 'models']) await run(`${view}.focus`);
  });
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(async () => {
    const api = await monosem();
    for (const { sae, feature } of api.pinnedFeatures())
      await run('unpinFeature', { sae, feature });
    await run('clearFeatureFilter');
    for (const key of ['features.hidden', 'analysis.predictions', 'saes'])
      await configuration().update(key, undefined, vscode.ConfigurationTarget.Global);
    await closeEverything();
  });

  it('rank the features of a file by total activation, as its tokens add up', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    await run('rankFeatures', 'total');
    const sums = new Map<number, { total: number; tokens: number }>();
    for (const { features } of api.tokensOf(uri)) {
      for (const { feature, activation } of features) {
        const before = sums.get(feature) ?? { total: 0, tokens: 0 };
        sums.set(feature, { total: before.total + activation, tokens: before.tokens + 1 });
      }
    }
    const ranked = await api.rankedFeatures(uri, 'total');
    own = ranked[0]?.sae ?? '';
    assert.equal(ranked.length, Math.min(200, sums.size));
    let last = Infinity;
    for (const { feature, total, tokens } of ranked) {
      assert.deepEqual({ total, tokens }, sums.get(feature));
      assert.ok(total <= last);
      last = total;
    }
  });

  it('rank by density ratio, with what the feature store knows', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    await run('rankFeatures', 'density');
    const ranked = await api.rankedFeatures(uri, 'density');
    assert.ok(ranked.length > 10);
    assert.ok(ranked.every(({ score }, at) => score <= (ranked[at - 1]?.score ?? Infinity)));
    // What is special about this text is not what is strongest everywhere.
    const names = (of: readonly RankedFeature[]): readonly number[] =>
      of.slice(0, 5).map(({ feature }) => feature);
    assert.notDeepEqual(names(ranked), names(await api.rankedFeatures(uri, 'total')));
  });

  it('rank by surprise as soon as losses are computed', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    await run('rankFeatures', 'surprise');
    assert.deepEqual(await api.rankedFeatures(uri, 'surprise'), []);
    await run('computeLosses');
    await ready(uri);
    const ranked = await api.rankedFeatures(uri, 'surprise');
    assert.ok(ranked.length > 10);
    assert.ok(ranked.every(({ score }) => score > 0 && score < 20));
    await run('rankFeatures', 'total');
  });

  it('keep pinned features, each once, and give them up again', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    const [first, second] = await api.rankedFeatures(uri, 'total');
    assert.ok(first !== undefined && second !== undefined);
    // As a hover's link does it, and as the menu of a list does.
    await run('pinFeature', first.feature);
    await run('pinFeature', { sae: second.sae, feature: second.feature });
    await run('pinFeature', first.feature, first.sae);
    assert.deepEqual(
      api.pinnedFeatures().map(({ feature }) => Number(feature)),
      [first.feature, second.feature],
    );
    await run('unpinFeature', first.feature, first.sae);
    assert.equal(api.pinnedFeatures().length, 1);
  });

  it('leave out a feature that was hidden, everywhere', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    const [first] = await api.rankedFeatures(uri, 'total');
    assert.ok(first);
    // The notification that offers to undo it stays until it is answered.
    await run('hideFeature', first.feature, first.sae);
    assert.deepEqual(hidden(), [`${path.basename(first.sae)}/${first.feature}`]);
    const left = await api.rankedFeatures(uri, 'total');
    assert.ok(left.every(({ feature }) => feature !== first.feature));
    await run('hideFeature', first.feature, first.sae);
    assert.equal(hidden().length, 1);
  });

  it('go to a token without taking the focus', async () => {
    const document = await analysed();
    const start = story.indexOf('Lily');
    await run('goToToken', start, start + 4, document.uri.toString());
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.getText(editor.selection), 'Lily');
    await run('goToToken', -1, 4, 'file:///nowhere');
    assert.equal(editor.document.getText(editor.selection), 'Lily');
  });

  it('show one feature in the text', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    const [first] = await api.rankedFeatures(uri, 'total');
    assert.ok(first);
    await run('showFeatureInText', first);
    await eventually('the feature alone to be painted', () => {
      const painted = api.paintedIn(uri);
      return painted.length > 0 && painted.every(({ feature }) => feature === first.feature);
    });
    await run('changeView', 'top');
  });

  it('copy links, which lead back to the feature', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    const [, second] = await api.rankedFeatures(uri, 'total');
    assert.ok(second);
    const link = await run('copyFeatureLink', second.feature, second.sae);
    assert.equal(
      link,
      `${vscode.env.uriScheme}://monosem.monosem/feature?feature=${second.feature}&sae=${path.basename(second.sae)}&model=stories15M`,
    );
    await follow(link);
    await eventually('the feature to be opened', () => {
      const [last] = api.recentFeatures();
      return last?.feature === second.feature && last.sae === second.sae;
    });
  });

  it('refuse links to what is not active, or is no feature', async () => {
    const api = await monosem();
    const { uri } = await analysed();
    const [first] = await api.rankedFeatures(uri, 'total');
    const scheme = `${vscode.env.uriScheme}://monosem.monosem`;
    for (const bad of [
      'feature?feature=7&sae=/etc',
      'feature?feature=7&model=other',
      'command?id=x',
    ])
      await follow(`${scheme}/${bad}`);
    // Links are followed one after the other: this one is the last.
    await follow(`${scheme}/feature?feature=${first?.feature ?? 0}`);
    await eventually(
      'the good link',
      () => Number(api.recentFeatures()[0]?.feature) === first?.feature,
    );
    assert.ok(api.recentFeatures().every(({ feature }) => Number(feature) !== 7));
  });

  it('use an SAE beside others, and leave it out again', async () => {
    const extension = vscode.extensions.getExtension('monosem.monosem');
    assert.ok(extension);
    const folder = path.join(scratch, 'misplaced');
    const first = writeMisplacedSae(extension.extensionUri.fsPath, folder);
    assert.equal(first, own);
    await run('useSae', { sae: folder });
    assert.deepEqual(configuration().get('saes'), [own, folder]);
    await run('useSae', { sae: folder });
    await run('leaveOutSae', { sae: folder });
    assert.deepEqual(configuration().get('saes'), [own]);
    await run('leaveOutSae', own);
    assert.deepEqual(configuration().get('saes'), [own]);
  });
});

/** As a click on the link does it. */
async function follow(link: unknown): Promise<void> {
  assert.ok(typeof link === 'string');
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(link));
}
