// The document that commands and the status bar are about: the active editor's, or while a view has the focus that of
// the first visible one.
import * as vscode from 'vscode';

export function documentInFront(): vscode.TextDocument | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  return (activeTextEditor ?? visibleTextEditors[0])?.document;
}
