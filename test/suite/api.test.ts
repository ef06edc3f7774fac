// Monosem as another extension sees it: the exported API, called as JavaScript would, and the example extension of the
// documentation, which is linked beside it.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AnalysedToken, MonosemApi, SteerStep } from '../../src/host/api/types.ts';
import { closeEverything, eventually, monosem, openText, ready } from './monosem.ts';

const story = 'Once upon a time, there was a little girl named Lily. She loved her cat very much.';

async function example(): Promise<vscode.Extension<unknown>> {
  const extension = vscode.extensions.getExtension('monosem-example.monosem-example');
  assert.ok(extension, 'the example is not installed');
  await extension.activate();
  return extension;
}

/** Runs a command of the example on a text and gives what it writes into a new document. */
async function written(command: string): Promise<string> {
  const editor = await openText(story);
  editor.selection = new vscode.Selection(0, 0, 0, story.length);
  await vscode.commands.executeCommand(command);
  const result = await eventually('the result', () =>
    vscode.workspace.textDocuments.find(({ languageId, isClosed }) => {
      return languageId === 'markdown' && !isClosed;
    }),
  );
  return result.getText();
}

describe('the API', () => {
  let api: MonosemApi;

  before(async () => {
    api = await monosem();
  });
  afterEach(closeEverything);

  it('analyses a text as an editor would', async () => {
    const { document } = await openText(story);
    await ready(document.uri);
    const { saes, tokens } = await api.analyse(story, { topK: 5 });
    const inEditor = api.tokensOf(document.uri);
    assert.equal(tokens.map(({ text }) => text).join(''), story);
    assert.deepEqual(
      tokens.map(({ id, start, end }) => [id, start, end]),
      inEditor.map(({ id, start, end }) => [id, start, end]),
    );
    const featuresOf = (all: readonly AnalysedToken[]): object[] =>
      all.flatMap(({ features }) => features.map(({ sae, feature }) => ({ sae, feature })));
    assert.deepEqual(featuresOf(tokens), featuresOf(inEditor));
    const activationsOf = (all: readonly AnalysedToken[]): number[] =>
      all.flatMap(({ features }) => features.map(({ activation }) => activation));
    const others = activationsOf(inEditor);
    // An editor may go on from the cache of a text that began alike: float32 rounding.
    for (const [i, activation] of activationsOf(tokens).entries())
      assert.ok(Math.abs(activation - (others[i] ?? NaN)) < 1e-5, `feature ${i}`);
    assert.deepEqual(
      saes.map(({ site, isPainted }) => [site, isPainted]),
      [['blocks.2.hook_resid_post', true]],
    );
    assert.deepEqual(JSON.parse(JSON.stringify(tokens)), tokens);
  });

  it('gives losses and predictions where they are asked for', async () => {
    const { tokens } = await api.analyse(story, { topK: 1, predictions: 3 });
    for (const { text, loss, rank, predictions } of tokens) {
      assert.ok(loss !== undefined && loss >= 0, text);
      assert.ok(rank !== undefined && rank >= 1, text);
      assert.equal(predictions?.length, 3, text);
      const found = predictions.findIndex((prediction) => prediction.text === text);
      if (found >= 0) {
        const expected = Math.exp(-loss);
        assert.ok(Math.abs((predictions[found]?.probability ?? 0) - expected) < 1e-4, text);
      }
    }
    assert.ok(tokens.some(({ rank }) => rank === 1));
  });

  it('says what is known of features, by number and by word', async () => {
    const { tokens } = await api.analyse(story);
    const top = tokens.find(({ text }) => text.trim() === 'cat')?.features[0];
    assert.ok(top);
    const [facts] = await api.features({ sae: top.sae, features: [top.feature], examples: 2 });
    assert.ok(facts?.corpus);
    assert.equal(facts.feature, top.feature);
    assert.equal(facts.corpus.examples.length, 2);
    const [first] = facts.corpus.examples;
    assert.ok(first);
    assert.equal(first.tokens.length, first.activations.length);
    assert.equal(first.activations[first.peak], Math.max(...first.activations));
    const rainy = await api.features({ word: 'rain', limit: 3 });
    assert.ok(rainy.length > 0 && rainy.length <= 3);
    for (const { peakTokens } of rainy) assert.match(peakTokens.join(' '), /rain/i);
  });

  it('steers, step by step', async () => {
    const steps: SteerStep[] = [];
    const { baseline, steered } = await api.steer(
      {
        prompt: 'Once upon a time, there was a',
        edits: [{ feature: 1351, operation: 'clamp', amount: 1.3 }],
        maxTokens: 12,
      },
      { onStep: (step) => steps.push(step) },
    );
    assert.equal(steps.length, 12);
    assert.equal(steps.map((step) => step.baseline?.text ?? '').join(''), baseline.text);
    assert.equal(steps.map((step) => step.steered?.text ?? '').join(''), steered.text);
    assert.equal(baseline.ids.length, 12);
    const same = await api.steer({ prompt: 'Once upon a time', edits: [], maxTokens: 5 });
    assert.equal(same.steered.text, same.baseline.text);
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const long = api.analyse(`${story} `.repeat(400), { losses: true, signal: abort.signal });
    abort.abort();
    await assert.rejects(long, { code: 'cancelled' });
    const steering = new AbortController();
    const endless = api.steer(
      { prompt: 'Once', edits: [], maxTokens: 4000 },
      { signal: steering.signal, onStep: () => steering.abort() },
    );
    await assert.rejects(endless, { code: 'cancelled' });
  });

  it('refuses what makes no sense, in one sentence', async () => {
    const untyped = api as unknown as Readonly<
      Record<'analyse' | 'features' | 'steer', (...args: unknown[]) => Promise<unknown>>
    >;
    const sentence = /^MonosemApi\.\w+.*\.$/;
    const refused = { code: 'badArgument', message: sentence };
    await assert.rejects(untyped.analyse(7), refused);
    await assert.rejects(untyped.analyse(story, { topk: 3 }), refused);
    await assert.rejects(untyped.features({}), refused);
    await assert.rejects(untyped.steer({ prompt: story }), refused);
    await assert.rejects(api.features({ features: [10_000_000] }), { code: 'unknownFeature' });
    await assert.rejects(api.features({ features: [1], sae: '/nowhere' }), { code: 'badArgument' });
    assert.throws(() => api.tokensOf('file:///a' as unknown as vscode.Uri), refused);
  });

  it('tells of documents whose tokens have changed', async () => {
    const changed = new Set<string>();
    const listening = api.onDidChange((uri) => changed.add(uri.toString()));
    const { document } = await openText(story);
    await ready(document.uri);
    listening.dispose();
    assert.ok(changed.has(document.uri.toString()));
  });
});

describe('the example extension', () => {
  afterEach(closeEverything);

  it('depends on Monosem and nothing else', async () => {
    const manifest = (await example()).packageJSON as {
      readonly extensionDependencies: readonly string[];
    };
    assert.deepEqual(manifest.extensionDependencies, ['monosem.monosem']);
  });

  it('lists the features of a selection', async () => {
    await example();
    const text = await written('monosemExample.listFeatures');
    assert.match(text, /^# Strongest features of \d+ tokens$/m);
    assert.equal(text.match(/^\| +\d+ \| +\d+\.\d\d \| `.*` \|$/gm)?.length, 10, text);
  });

  it('steers a selection', async () => {
    await example();
    const text = await written('monosemExample.steer');
    assert.match(text, /^# Without feature \d+$/m);
    assert.match(text, /^as it is: ./m);
    assert.match(text, /^without it: ./m);
  });
});
