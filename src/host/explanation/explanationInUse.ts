// The explanation of this window: follows the edits of its document.
import * as vscode from 'vscode';
import type { DisposableStore } from '../../shared/disposable.ts';
import { NextTokenExplanation } from './nextTokenExplanation.ts';
import type { ExplanationPorts } from './nextTokenExplanation.ts';

/** @param lifetime everything is disposed with it */
export function createExplanation(
  ports: ExplanationPorts,
  lifetime: DisposableStore,
): NextTokenExplanation {
  const explanation = lifetime.add(new NextTokenExplanation(ports));
  lifetime.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        offset: rangeOffset,
        removed: rangeLength,
        inserted: text.length,
      }));
      explanation.edited(document.uri.toString(), changes);
    }),
  );
  // While it was closed its file may have changed.
  lifetime.add(
    vscode.workspace.onDidOpenTextDocument((document) => {
      explanation.reopened(document.uri.toString(), document.getText());
    }),
  );
  return explanation;
}
