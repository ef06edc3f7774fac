// Folders as people and other extensions name them: through the dialog, or as the argument of a command.
import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../shared/l10n.ts';

/** @param argument a `Uri`; `undefined` for anything else */
export function folderOf(argument: unknown): string | undefined {
  return argument instanceof vscode.Uri ? resolve(argument.fsPath) : undefined;
}

/** Asks in the dialog; nothing when it is closed without a choice. */
export async function browseFolders(title: string, isMany = false): Promise<readonly string[]> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: t('Choose'),
    canSelectFolders: true,
    canSelectFiles: false,
    canSelectMany: isMany,
  });
  return (chosen ?? []).map(({ fsPath }) => fsPath);
}
