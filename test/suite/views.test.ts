// What each view paints in a real file, what switches views, filters and colours, and the way from one occurrence of a
// feature to the next.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { PaintedRange, TestingApi } from '../../src/host/api/testing.ts';
import type { AnalysedToken, MonosemApi } from '../../src/host/api/types.ts';
import { writeMisplacedSae } from '../fixtures/misplacedSae.ts';
import { closeEverything, eventually, monosem, openText, ready } from './monosem.ts';

const story =
  'Once upon a time, there was a little girl named Lily. She loved her cat very much.\n' +
  'One day the cat ran away. Lily was sad and looked for her cat in the xylophone.\n';

const configuration = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('monosem');

async function set(key: string, value: unknown): Promise<void> {
  await configuration().update(key, value, vscode.ConfigurationTarget.Global);
}

async function changeView(view: unknown): Promise<void> {
  await vscode.commands.executeCommand('monosem.changeView', view);
}

/** An editor with the story, its tokens in the colours of their strongest features. */
async function painted(): Promise<{ editor: vscode.TextEditor; api: MonosemApi & TestingApi }> {
  const api = await monosem();
  const editor = await openText(story);
  await ready(editor.document.uri);
  await eventually('painted tokens', () => api.paintedIn(editor.document.uri).length > 10);
  return { editor, api };
}

/** Waits for a painting that is as it should be. */
async function paintedSo(
  what: string,
  { document }: vscode.TextEditor,
  isSo: (ranges: readonly PaintedRange[]) => boolean,
): Promise<readonly PaintedRange[]> {
  const api = await monosem();
  return eventually(what, () => {
    const ranges = api.paintedIn(document.uri);
    return isSo(ranges) && ranges;
  });
}

function tokenAt(
  tokens: readonly AnalysedToken[],
  document: vscode.TextDocument,
  { range }: PaintedRange,
): AnalysedToken {
  const start = document.offsetAt(range.start);
  const token = tokens.find((each) => each.start <= start && start < each.end);
  assert.ok(token, `no token at ${start}`);
  return token;
}

function textOf({ document }: vscode.TextEditor, ranges: readonly PaintedRange[]): string[] {
  return ranges.map(({ range }) => document.getText(range));
}

/** Whoever was here before may have kept some. */
async function unpinAll(): Promise<void> {
  const api = await monosem();
  for (const { feature, sae } of api.pinnedFeatures()) {
    await vscode.commands.executeCommand('monosem.unpinFeature', feature, sae);
  }
}

/** A feature that is the strongest one of some token but of few. */
function rareFeature(tokens: readonly AnalysedToken[]): { sae: string; feature: number } {
  const times = new Map<number, number>();
  const tops = tokens.flatMap(({ features: [top] }) => (top === undefined ? [] : [top]));
  for (const { feature } of tops) times.set(feature, (times.get(feature) ?? 0) + 1);
  const rare = tops.find(({ feature }) => times.get(feature) === 3) ?? tops[0];
  assert.ok(rare);
  return { sae: rare.sae, feature: rare.feature };
}

describe('views', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-views-'));
  after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  afterEach(async () => {
    await changeView('top');
    await closeEverything();
  });

  it('top: every token has the colour of its strongest feature', async () => {
    const { editor, api } = await painted();
    const tokens = api.tokensOf(editor.document.uri);
    const ranges = api.paintedIn(editor.document.uri);
    for (const each of ranges) {
      const [top] = tokenAt(tokens, editor.document, each).features;
      assert.deepEqual([each.kind, each.sae, each.feature], ['feature', top?.sae, top?.feature]);
      assert.match(each.colour, /^monosem\.feature\d+\.level\d$/);
    }
  });

  it('boundaries: tokens take turns on every line, and none is lost on the way', async () => {
    const { editor, api } = await painted();
    const { document } = editor;
    const before = api.tokensOf(document.uri).length;
    await changeView('boundaries');
    assert.equal(api.tokensOf(document.uri).length, before);
    const ranges = await paintedSo('boundaries', editor, (all) =>
      all.some(({ kind }) => kind === 'boundary'),
    );
    assert.equal(textOf(editor, ranges).join(''), story.replaceAll('\n', ''));
    let line = -1;
    let expected = 0;
    for (const { range, level } of ranges) {
      if (range.start.line !== line) expected = 0;
      line = range.start.line;
      assert.equal(level, expected);
      expected = 1 - expected;
    }
    await changeView('top');
    assert.equal(api.tokensOf(document.uri).length, before);
    await paintedSo('features again', editor, (all) => all[0]?.kind === 'feature');
  });

  it('feature: one feature wherever it is, and nothing else', async () => {
    const { editor, api } = await painted();
    const { document } = editor;
    const { sae, feature } = rareFeature(api.tokensOf(document.uri));
    await changeView({ kind: 'feature', feature: { sae, feature } });
    assert.ok(api.tokensOf(document.uri).length > 20, 'tokens were forgotten');
    await ready(document.uri);
    const wanted = api
      .tokensOf(document.uri)
      .filter(({ features }) => features.some((each) => each.feature === feature))
      .map(({ text }) => text.trim());
    assert.ok(wanted.length >= 1);
    const ranges = await paintedSo('the heatmap', editor, (all) => all.length === wanted.length);
    assert.deepEqual(textOf(editor, ranges), wanted);
    for (const each of ranges) {
      assert.deepEqual([each.sae, each.feature], [sae, feature]);
      assert.match(each.colour, /^monosem\.heat\.level\d$/);
    }
  });

  it('feature and pinned: also where a feature is weaker than all that are kept', async () => {
    const { editor, api } = await painted();
    const { document } = editor;
    const sae = api.saes()[0]?.sae;
    assert.ok(sae);
    // The 45th of 56 that are active on “time”, and active nowhere else in the story.
    const weak = { sae, feature: 1282 };
    const isWeak = ({ feature }: { readonly feature?: number }): boolean =>
      feature === weak.feature;
    const { tokens } = await api.analyse(story, { topK: 32 });
    assert.ok(!tokens.some(({ features }) => features.some(isWeak)), 'it is one of the strongest');
    const isFound = (ranges: readonly PaintedRange[]): boolean =>
      ranges.length === 1 && ranges.every(isWeak) && textOf(editor, ranges).join() === 'time';
    try {
      await set('features.topK', 1);
      await changeView({ kind: 'feature', feature: weak });
      await paintedSo('the heatmap', editor, isFound);
      await ready(document.uri);
      const active = api.tokensOf(document.uri).filter(({ features }) => features.some(isWeak));
      assert.deepEqual(
        active.map(({ text }) => text.trim()),
        ['time'],
      );
      await vscode.commands.executeCommand('monosem.nextOccurrence');
      assert.equal(document.offsetAt(editor.selection.active), story.indexOf('time'));

      await unpinAll();
      await changeView('pinned');
      await paintedSo('nothing where nothing is pinned', editor, (all) => all.length === 0);
      await vscode.commands.executeCommand('monosem.pinFeature', weak.feature, sae);
      await paintedSo('what is pinned while it is looked at', editor, isFound);
      await changeView('top');
      await paintedSo('the strongest', editor, (all) => all.length > 10 && !all.some(isWeak));
    } finally {
      await unpinAll();
      await set('features.topK', undefined);
    }
  });

  it('pinned: each pinned feature in the colour of its slot', async () => {
    const { editor, api } = await painted();
    const tokens = api.tokensOf(editor.document.uri);
    const first = rareFeature(tokens);
    const second = tokens
      .flatMap(({ features: [top] }) => (top === undefined ? [] : [top]))
      .find(({ feature }) => feature !== first.feature);
    assert.ok(second);
    const pinned = [first, second];
    await unpinAll();
    try {
      for (const { feature, sae } of pinned) {
        await vscode.commands.executeCommand('monosem.pinFeature', feature, sae);
      }
      await changeView('pinned');
      const isPinned = (feature: number | undefined): boolean =>
        feature === undefined || pinned.some((each) => each.feature === feature);
      const ranges = await paintedSo('the pinned features and no others', editor, (all) => {
        const areAll = pinned.every((pin) => all.some(({ feature }) => feature === pin.feature));
        return areAll && all.every(({ feature }) => isPinned(feature));
      });
      for (const { kind, feature, colour } of ranges) {
        if (kind === 'otherPins') continue;
        // Names of colours count from 1; the second pin has a hue far from that of the first.
        const slot = feature === first.feature ? 1 : 5;
        assert.ok(colour.startsWith(`monosem.feature${slot}.level`), `${slot}: ${colour}`);
      }
    } finally {
      for (const { feature, sae } of pinned) {
        await vscode.commands.executeCommand('monosem.unpinFeature', feature, sae);
      }
    }
    await paintedSo('nothing where nothing is pinned', editor, (all) => all.length === 0);
  });

  it('surprise: what nobody expects stands out, what follows by itself does not', async () => {
    const { editor, api } = await painted();
    await changeView('surprise');
    assert.ok(api.tokensOf(editor.document.uri).length > 20, 'tokens were forgotten');
    await ready(editor.document.uri);
    const ranges = await paintedSo('surprises', editor, (all) =>
      all.some(({ kind }) => kind === 'surprise'),
    );
    const texts = textOf(editor, ranges);
    assert.ok(!texts.includes('upon') && !texts.includes('time'), texts.join(' '));
    const unexpected = editor.document.positionAt(story.indexOf('xylophone'));
    const found = ranges.find(({ range }) => range.contains(unexpected));
    assert.equal(found?.level, 3, texts.join(' '));
    assert.equal(found.colour, 'monosem.surprise.level4');
  });

  it('neurons: those of one layer, and the SAE again where its features are asked for', async () => {
    const { editor, api } = await painted();
    const own = api.saes()[0]?.sae;
    assert.ok(own);
    const place = 'neurons:blocks.3.mlp.hook_post';
    await changeView({ kind: 'neurons', block: 3 });
    assert.ok(api.tokensOf(editor.document.uri).length > 20, 'tokens were forgotten');
    const ranges = await paintedSo(
      'neurons',
      editor,
      (all) => all.length > 10 && all.every(({ sae }) => sae === place),
    );
    assert.ok(new Set(ranges.map(({ feature }) => feature)).size > 3);
    await vscode.commands.executeCommand('monosem.showFeaturesOf', own);
    await paintedSo(
      'features',
      editor,
      (all) => all.length > 10 && all.every(({ sae }) => sae === own),
    );
    // A layer the model does not have is refused; the command settles although its notification stays.
    await changeView({ kind: 'neurons', block: 6 });
    await paintedSo('features still', editor, (all) => all.every(({ sae }) => sae === own));
  });

  it('merged: the features of several SAEs side by side', async () => {
    const extension = vscode.extensions.getExtension('monosem.monosem');
    assert.ok(extension);
    const other = path.join(scratch, 'other');
    const own = writeMisplacedSae(extension.extensionUri.fsPath, other);
    try {
      await set('saes', [own, other]);
      const { editor } = await painted();
      await changeView('merged');
      await paintedSo('features of both', editor, (all) =>
        [own, other].every((sae) => all.some((each) => each.sae === sae)),
      );
      await vscode.commands.executeCommand('monosem.showFeaturesOf', other);
      await paintedSo(
        'features of one',
        editor,
        (all) => all.length > 0 && all.every(({ sae }) => sae === other),
      );
    } finally {
      await set('saes', undefined);
    }
  });

  it('off: nothing is painted', async () => {
    const { editor } = await painted();
    await changeView('off');
    await paintedSo('nothing', editor, (all) => all.length === 0);
    await changeView('boundaries');
    await paintedSo('boundaries', editor, (all) => all[0]?.kind === 'boundary');
  });
});

describe('settings of painting take effect at once, without another analysis', () => {
  const changed: string[] = [];
  const setNow = async (key: string, value: unknown): Promise<void> => {
    changed.push(key);
    await set(key, value);
  };
  afterEach(async () => {
    for (const key of changed.splice(0)) await set(key, undefined);
    await closeEverything();
  });

  /** Changes settings and waits for a painting; the analysis stays as it is all the time. */
  const repainted = async (
    { editor, api }: Awaited<ReturnType<typeof painted>>,
    settings: Readonly<Record<string, unknown>>,
    isSo: (ranges: readonly PaintedRange[]) => boolean,
  ): Promise<readonly PaintedRange[]> => {
    const { uri } = editor.document;
    const state = api.stateOf(uri);
    assert.equal(state?.kind, 'ready');
    for (const [key, value] of Object.entries(settings)) await setNow(key, value);
    const ranges = await paintedSo(JSON.stringify(settings), editor, (all) => {
      // The very same object: no analysis began meanwhile.
      assert.equal(api.stateOf(uri), state);
      return isSo(all);
    });
    return ranges;
  };

  it('threshold', async () => {
    const shown = await painted();
    const before = shown.api.paintedIn(shown.editor.document.uri);
    const weakest = Math.min(...before.map(({ level }) => level));
    assert.ok(weakest < 3, 'all are strong');
    const strong = before.filter(({ level }) => level === 3).length;
    await repainted(shown, { 'features.threshold': 65 }, (all) =>
      all.every(({ level }) => level === 3),
    );
    await repainted(shown, { 'features.threshold': 0 }, (all) => all.length === before.length);
    assert.ok(strong < before.length);
  });

  it('hidden features', async () => {
    const shown = await painted();
    const [first] = shown.api.paintedIn(shown.editor.document.uri);
    assert.ok(first?.sae !== undefined && first.feature !== undefined);
    const name = `${path.basename(first.sae)}/${first.feature}`;
    const ranges = await repainted(shown, { 'features.hidden': [name] }, (all) =>
      all.every(({ feature }) => feature !== first.feature),
    );
    // Its place is taken by the next feature.
    assert.ok(ranges.some(({ range }) => range.isEqual(first.range)));
  });

  it('density', async () => {
    const shown = await painted();
    const before = shown.api.paintedIn(shown.editor.document.uri);
    const features = (all: readonly PaintedRange[]): string =>
      all.map(({ feature }) => feature).join();
    await repainted(
      shown,
      { 'features.maxDensity': 0.5 },
      (all) => features(all) !== features(before),
    );
  });

  it('whether the token that begins a text is shown', async () => {
    const shown = await painted();
    const before = shown.api.paintedIn(shown.editor.document.uri).length;
    await repainted(shown, { 'features.ignoreBos': false }, (all) => all.length === before);
  });

  it('palette and names of lines', async () => {
    const shown = await painted();
    await repainted(shown, { 'decorations.palette': 'colourBlindSafe' }, (all) =>
      all.every(({ colour }) => colour.startsWith('monosem.safe')),
    );
    await repainted(
      shown,
      { 'decorations.palette': 'standard', 'decorations.lineLabels': true },
      (all) => all.every(({ colour }) => colour.startsWith('monosem.feature')),
    );
  });

  it('the theme: lines in high contrast and back', async () => {
    const workbench = vscode.workspace.getConfiguration('workbench');
    const shown = await painted();
    const { uri } = shown.editor.document;
    const before = shown.api.paintedIn(uri);
    const useTheme = async (name: string | undefined, isHighContrast: boolean): Promise<void> => {
      await workbench.update('colorTheme', name, vscode.ConfigurationTarget.Global);
      await eventually('the theme', () => {
        const { kind } = vscode.window.activeColorTheme;
        return (kind === vscode.ColorThemeKind.HighContrast) === isHighContrast;
      });
      assert.deepEqual(shown.api.paintedIn(uri), before);
    };
    try {
      await useTheme('Default High Contrast', true);
    } finally {
      await useTheme(undefined, false);
    }
  });
});

describe('occurrences of a feature', () => {
  afterEach(async () => {
    await changeView('top');
    await closeEverything();
  });

  it('are gone through forwards and backwards, round the ends', async () => {
    const { editor, api } = await painted();
    const { document } = editor;
    await changeView({ kind: 'feature', feature: rareFeature(api.tokensOf(document.uri)) });
    await ready(document.uri);
    const ranges = await paintedSo('the heatmap', editor, (all) =>
      all.every(({ colour }) => colour.startsWith('monosem.heat')),
    );
    const starts = ranges.map(({ range }) => document.offsetAt(range.start));
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    const go = async (command: string): Promise<number> => {
      await vscode.commands.executeCommand(command);
      const at = editor.selection;
      assert.ok(at.isEmpty, 'something is selected');
      return document.offsetAt(at.active);
    };
    const visited: number[] = [];
    for (let step = 0; step < ranges.length + 1; step++) {
      visited.push(await go('monosem.nextOccurrence'));
    }
    for (const offset of visited)
      assert.ok(starts.includes(offset), `${offset} of ${starts.join()}`);
    const first = Math.min(...visited);
    const last = Math.max(...visited);
    assert.ok(last > first, 'there is one occurrence only');
    assert.ok(visited.indexOf(first) < visited.lastIndexOf(first) || visited[0] === first);
    editor.selection = new vscode.Selection(document.positionAt(first), document.positionAt(first));
    assert.equal(await go('monosem.previousOccurrence'), last);
    assert.equal(await go('monosem.nextOccurrence'), first);
  });
});
