// Entries of lists that are of no use now look it: VS Code lets a label's colour be decided by its address alone.
import * as vscode from 'vscode';

/** Addresses of entries that are dimmed; nothing can be opened there. */
export const dimmedScheme = 'monosem-dimmed';

export function registerDimming(): vscode.Disposable {
  const decoration = new vscode.FileDecoration();
  decoration.color = new vscode.ThemeColor('disabledForeground');
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: ({ scheme }) => (scheme === dimmedScheme ? decoration : undefined),
  });
}
