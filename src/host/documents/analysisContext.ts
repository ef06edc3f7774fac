// Tells the `when` clauses of menus whether the document in front is being analysed, or was stopped.
import * as vscode from 'vscode';
import { contextKeys } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type { DocumentAnalyses } from './documentAnalyses.ts';
import { documentInFront } from './documentInFront.ts';

export function provideAnalysisContext(analyses: DocumentAnalyses): Disposable {
  const lifetime = new DisposableStore();
  const told = new Map<string, boolean>();
  const tell = (key: string, value: boolean): void => {
    if ((told.get(key) ?? false) === value) return;
    told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const look = (): void => {
    const uri = documentInFront()?.uri;
    const kind = uri && analyses.of(uri)?.state.kind;
    tell(contextKeys.isAnalysing, kind === 'waiting' || kind === 'analysing');
    tell(contextKeys.isStopped, kind === 'stopped');
  };
  lifetime.add(analyses.onDidChange(look));
  lifetime.add(vscode.window.onDidChangeActiveTextEditor(look));
  look();
  return lifetime;
}
