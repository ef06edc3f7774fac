// Asks which document another one is to be compared with: those that are open first, then the files of the workspace.
import * as vscode from 'vscode';
import { t } from '../../shared/l10n.ts';
import { holdsText } from '../documents/textSchemes.ts';

interface DocumentItem extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

/** Files of the workspace that are listed; whoever has more finds the others when they are open. */
const mostFiles = 5000;

/** @returns `undefined` where nothing was chosen */
export async function pickDocument(first: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showQuickPick<DocumentItem>(itemsBeside(first), {
    title: t('Compare Features'),
    placeHolder: t('What to compare {0} with', vscode.workspace.asRelativePath(first)),
    matchOnDescription: true,
  });
  return chosen?.uri;
}

async function itemsBeside(first: vscode.Uri): Promise<DocumentItem[]> {
  const seen = new Set([first.toString()]);
  const isNew = (uri: vscode.Uri): boolean => {
    const key = uri.toString();
    if (seen.has(key) || !holdsText(uri.scheme)) return false;
    seen.add(key);
    return true;
  };
  const open = openDocuments().filter(isNew);
  const files = (await filesOfWorkspace()).filter(isNew);
  return [...section(t('open'), open), ...section(t('files'), files)];
}

function openDocuments(): readonly vscode.Uri[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : [])),
  );
}

async function filesOfWorkspace(): Promise<readonly vscode.Uri[]> {
  try {
    return await vscode.workspace.findFiles('**/*', undefined, mostFiles);
  } catch {
    // A virtual workspace need not be searchable.
    return [];
  }
}

function section(label: string, uris: readonly vscode.Uri[]): readonly DocumentItem[] {
  if (uris.length === 0) return [];
  const items = uris.map((uri) => {
    const path = vscode.workspace.asRelativePath(uri);
    const name = path.split('/').at(-1) ?? path;
    return { label: name, description: path === name ? '' : path, uri };
  });
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
