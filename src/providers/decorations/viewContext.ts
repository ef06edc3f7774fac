// Tells VS Code's `when` clauses what is shown and going on, and leaves a view whose SAE is not active any more.
import * as vscode from 'vscode';
import { followedFeatures } from '../../host/display/painting/paintView.ts';
import { isAnalysing } from '../../host/documents/documentAnalysis.ts';
import type { Services } from '../../host/services.ts';
import { contextKeys } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Disposable } from '../../shared/disposable.ts';

export function registerViewContext(services: Services): Disposable {
  const { analyses, collection, model, view } = services;
  const lifetime = new DisposableStore();
  const known = new Map<string, unknown>();
  const tell = (key: string, value: unknown): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const tellView = (): void => {
    tell(contextKeys.view, view.current.kind);
    tell(contextKeys.hasOccurrences, followedFeatures(view.current, collection.pinned).length > 0);
  };
  const tellAnalysis = (): void => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    tell(contextKeys.isAnalysing, isAnalysing(uri && analyses.of(uri)?.state));
  };
  lifetime.add(view.onDidChange(tellView));
  lifetime.add(collection.onDidChange(tellView));
  lifetime.add(analyses.onDidChange(tellAnalysis));
  lifetime.add(vscode.window.onDidChangeActiveTextEditor(tellAnalysis));
  lifetime.add(
    model.onDidChange(() => {
      const { current } = view;
      const isGone =
        current.kind === 'feature' &&
        model.saes.length > 0 &&
        !model.saes.includes(current.feature.sae);
      if (isGone) void view.choose({ kind: 'top' });
    }),
  );
  tellView();
  tellAnalysis();
  return lifetime;
}
