// "Open Sample Story": a text to look at when there is none, in a document of its own that may be changed at will.
import * as vscode from 'vscode';
import { sampleStory } from '../host/sampleStory.ts';
import type { Services } from '../host/services.ts';

/** Shows it with colours; the one that is open already where it has not been changed. */
export async function openSample({ view }: Services): Promise<void> {
  const open = vscode.workspace.textDocuments.find(
    (document) => document.isUntitled && !document.isClosed && document.getText() === sampleStory,
  );
  const document =
    open ??
    (await vscode.workspace.openTextDocument({ language: 'plaintext', content: sampleStory }));
  if (!view.isOn) await view.toggle();
  await vscode.window.showTextDocument(document);
}
