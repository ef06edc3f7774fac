// Selects a place in a text: where the document is visible there, else in the active editor group.
import * as vscode from 'vscode';
import { readOffset } from '../../host/commands/place.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/**
 * @param start UTF-16 offset
 * @param end UTF-16 offset
 * @param uri address of an open document, as a text or a `Uri`; left out, the active editor's
 */
export async function goToToken(start: unknown, end: unknown, uri?: unknown): Promise<void> {
  const [from, to] = [readOffset(start), readOffset(end)];
  const editor = await editorOf(uri);
  if (from === undefined || editor === undefined) {
    throw new MonosemError(
      'badArgument',
      t('This is no place in a document that is open; open the file first.'),
    );
  }
  const { document } = editor;
  const range = new vscode.Range(document.positionAt(from), document.positionAt(to ?? from));
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function editorOf(uri: unknown): Promise<vscode.TextEditor | undefined> {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (uri === undefined || uri === null) return activeTextEditor;
  const key = uri instanceof vscode.Uri ? uri.toString() : uri;
  const isMeant = ({ document }: vscode.TextEditor): boolean => document.uri.toString() === key;
  if (activeTextEditor !== undefined && isMeant(activeTextEditor)) return activeTextEditor;
  const visible = visibleTextEditors.find(isMeant);
  if (visible !== undefined) return visible;
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
  return open && vscode.window.showTextDocument(open, { preserveFocus: true });
}
