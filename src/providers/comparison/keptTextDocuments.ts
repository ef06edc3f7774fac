// Gives VS Code the texts that belong to no file, as documents that can be read and analysed and not be edited.
import * as vscode from 'vscode';
import type { Services } from '../../host/services.ts';
import { textScheme } from '../../shared/contributions.ts';

export function registerKeptTexts({ texts }: Services): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(textScheme, {
    provideTextDocumentContent: ({ path }) => texts.at(path),
  });
}
