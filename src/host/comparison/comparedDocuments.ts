// The two documents that a comparison is of: found out from what a command was given, from the diff editor in front, or
// by asking; and what they are called.
import * as vscode from 'vscode';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { ComparedDocument, ComparedPair, Side } from './featureComparison.ts';
import { pickDocument } from './pickDocument.ts';

export type ComparedUris = Readonly<Record<Side, vscode.Uri>>;

/**
 * @param left a document; from menus the one that was clicked
 * @param right another one; from the explorer all that are selected
 * @returns `undefined` where somebody was asked and gave no answer
 * @throws MonosemError `badArgument` where there is nothing to compare
 */
export async function urisToCompare(
  left: unknown,
  right: unknown,
): Promise<ComparedUris | undefined> {
  const named = namedUris(left, right);
  if (named !== undefined) return checked(named);
  const diff = activeDiff();
  if (diff !== undefined && concerns(diff, left)) return checked(diff);
  const first = left instanceof vscode.Uri ? left : activeDocument();
  if (first === undefined) {
    throw new MonosemError('badArgument', t('Open a file to compare it with another one.'));
  }
  const other = await pickDocument(first);
  return other && checked({ left: first, right: other });
}

/** The file that is meant by a command: the one it was given, the changed side of a diff editor, or the active one. */
export function uriMeant(given: unknown): vscode.Uri {
  const uri = given instanceof vscode.Uri ? given : (activeDiff()?.right ?? activeDocument());
  if (uri !== undefined) return uri;
  throw new MonosemError('badArgument', t('Open a file to compare it with its last commit.'));
}

export function pairOf(uris: ComparedUris): ComparedPair {
  return { left: documentOf(uris.left), right: documentOf(uris.right) };
}

/** The documents of a pair, for VS Code. */
export function urisOf({ left, right }: ComparedPair): ComparedUris {
  return { left: vscode.Uri.parse(left.key, true), right: vscode.Uri.parse(right.key, true) };
}

export function titleOf({ left, right }: ComparedPair): string {
  return `${left.name} ↔ ${right.name}`;
}

function namedUris(left: unknown, right: unknown): ComparedUris | undefined {
  const listed: readonly unknown[] = Array.isArray(right) ? right : [left, right];
  const [first, second] = listed;
  const isPair = first instanceof vscode.Uri && second instanceof vscode.Uri;
  return isPair && listed.length === 2 ? { left: first, right: second } : undefined;
}

function activeDiff(): ComparedUris | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff
    ? { left: input.original, right: input.modified }
    : undefined;
}

/** From the title of a diff editor and from its menu comes one of its two documents. */
function concerns({ left, right }: ComparedUris, given: unknown): boolean {
  if (!(given instanceof vscode.Uri)) return true;
  return [left, right].some((side) => side.toString() === given.toString());
}

function activeDocument(): vscode.Uri | undefined {
  const { activeTextEditor, tabGroups } = vscode.window;
  const input = tabGroups.activeTabGroup.activeTab?.input;
  // An editor in a panel, as of a log, can be the active one.
  return input instanceof vscode.TabInputText ? input.uri : activeTextEditor?.document.uri;
}

function checked(uris: ComparedUris): ComparedUris {
  if (uris.left.toString() !== uris.right.toString()) return uris;
  const name = nameOf(uris.left);
  const why = t('{0} cannot be compared with itself; choose another file.', name);
  throw new MonosemError('badArgument', why);
}

function documentOf(uri: vscode.Uri): ComparedDocument {
  const name = nameOf(uri);
  return { key: uri.toString(), name, text: () => textOf(uri, name) };
}

async function textOf(uri: vscode.Uri, name: string): Promise<string> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch (error) {
    throw new MonosemError(
      'badArgument',
      t('{0} could not be opened as text ({1}); compare another file.', name, messageOf(error)),
      { cause: error },
    );
  }
}

/** Two files of one name are told apart by their titles in the editor; a version in git by its commit. */
function nameOf(uri: vscode.Uri): string {
  const name = uri.path.split('/').at(-1) ?? uri.path;
  if (uri.scheme !== 'git') return name;
  return t('{0} ({1})', name, refOf(uri) ?? 'git');
}

/** What the git extension writes into its URIs. */
function refOf({ query }: vscode.Uri): string | undefined {
  try {
    const { ref } = JSON.parse(query) as { readonly ref?: unknown };
    return typeof ref === 'string' && ref !== '' ? ref : undefined;
  } catch {
    return undefined;
  }
}
