// @ts-check
// An extension that uses Monosem: one command lists the features of the selected text, another one lets the model
// continue it with and without its strongest feature. Both write into a new document. docs/api.md explains the API.
'use strict';
const vscode = require('vscode');

/** @typedef {import('../api/monosem').MonosemApi} MonosemApi */
/** @typedef {import('../api/monosem').AnalysedToken} AnalysedToken */

/** @typedef {{ signal: AbortSignal, report: (message: string) => void }} Asking */

/** Features that are listed. */
const most = 10;

/** @param {vscode.ExtensionContext} context */
exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('monosemExample.listFeatures', () => run(listFeatures)),
    vscode.commands.registerCommand('monosemExample.steer', () => run(steer)),
  );
};

/**
 * Does something with the selected text (or the whole file) and shows the result. It can be cancelled, and a failure
 * of Monosem is one sentence that says what to do.
 * @param {(api: MonosemApi, text: string, asking: Asking) => Promise<string>} work
 */
async function run(work) {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const { document, selection } = editor;
  const text = document.getText(selection.isEmpty ? undefined : selection);
  try {
    const content = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Asking Monosem', cancellable: true },
      async (progress, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        /** @param {string} message */
        const report = (message) => progress.report({ message });
        return work(await monosem(), text, { signal: abort.signal, report });
      },
    );
    const result = await vscode.workspace.openTextDocument({ language: 'markdown', content });
    await vscode.window.showTextDocument(result, vscode.ViewColumn.Beside);
  } catch (error) {
    await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

/** @returns {Promise<MonosemApi>} */
async function monosem() {
  const extension = vscode.extensions.getExtension('monosem.monosem');
  const api = await extension?.activate();
  if (api?.version !== 1) throw new Error('This example needs version 1 of the API of Monosem.');
  return api;
}

/** @param {MonosemApi} api @param {string} text @param {Asking} asking */
async function listFeatures(api, text, { signal }) {
  const { saes, tokens } = await api.analyse(text, { topK: 5, signal });
  const sae = saes.find(({ isPainted }) => isPainted)?.sae ?? saes[0]?.sae ?? '';
  const totals = totalsOf(tokens, sae).slice(0, most);
  const facts = await api.features(
    { sae, features: totals.map(([feature]) => feature) },
    { signal },
  );
  const rows = totals.map(([feature, total], row) => {
    const label = (facts[row]?.peakTokens ?? []).map((token) => token.trim()).join(', ');
    return `| ${feature} | ${total.toFixed(2)} | \`${label.replaceAll(/[`|\r\n]/g, ' ')}\` |`;
  });
  return [
    `# Strongest features of ${tokens.length} tokens`,
    '',
    '| feature | total activation | peaks on |',
    '| ---: | ---: | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** @param {MonosemApi} api @param {string} text @param {Asking} asking */
async function steer(api, text, { signal, report }) {
  const { saes, tokens } = await api.analyse(text, { signal });
  const sae = saes.find(({ isPainted }) => isPainted)?.sae ?? saes[0]?.sae ?? '';
  const [strongest] = totalsOf(tokens, sae);
  if (strongest === undefined) return 'No feature is active in this text.\n';
  const [feature] = strongest;
  const { baseline, steered } = await api.steer(
    { prompt: text, edits: [{ sae, feature, operation: 'ablate' }], maxTokens: 40 },
    { signal, onStep: ({ step }) => report(`token ${step + 1}`) },
  );
  return [
    `# Without feature ${feature}`,
    '',
    `as it is: ${baseline.text}`,
    '',
    `without it: ${steered.text}`,
    '',
  ].join('\n');
}

/**
 * Features of one SAE with the sum of their activations, largest first.
 * @param {readonly AnalysedToken[]} tokens @param {string} sae
 * @returns {[feature: number, total: number][]}
 */
function totalsOf(tokens, sae) {
  /** @type {Map<number, number>} */
  const totals = new Map();
  for (const { features } of tokens) {
    for (const active of features) {
      if (active.sae !== sae) continue;
      totals.set(active.feature, (totals.get(active.feature) ?? 0) + active.activation);
    }
  }
  return [...totals].sort(([, a], [, b]) => b - a);
}
