// Files of the workspace, opened and analysed.
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExportedApi } from '../../src/host/api/createApi.ts';

/** Milliseconds. */
const longest = 180_000;

export async function openFile(name: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('no folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  return vscode.window.showTextDocument(document);
}

/** Polls, a few milliseconds apart, until something holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + longest;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(2);
  }
}

/** Until the present text has tokens and something of it is painted. */
export async function analysed(api: ExportedApi, { uri }: vscode.TextDocument): Promise<void> {
  await until(`the analysis of ${uri.path}`, () => {
    const kind = api.stateOf(uri)?.kind;
    return kind !== undefined && kind !== 'idle';
  });
  const state = await api.whenIdle(uri);
  if (state?.kind !== 'ready') throw new Error(`${uri.path} is ${state?.kind ?? 'not analysed'}`);
  await until(`colours of ${uri.path}`, () => api.testing.paintedIn(uri).length > 0);
}
