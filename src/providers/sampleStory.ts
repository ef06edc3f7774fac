// "Open Sample Story": a text to look at when there is none, in a document of its own that may be changed at will; and the
// hover of a word in it.
import * as vscode from 'vscode';
import { sampleStory, tellingWord } from '../host/sampleStory.ts';
import type { Services } from '../host/services.ts';
import { learnAbout } from '../host/tokens/learnAbout.ts';

/** Shows it with colours; the one that is open already where it has not been changed. */
export async function openSample(services: Services): Promise<void> {
  await showSample(services);
}

/** Puts the cursor on a word of it and shows what is known of the word, as soon as that is so. */
export async function showSampleHover(services: Services): Promise<void> {
  const { document } = await showSample(services);
  const offset = sampleStory.indexOf(tellingWord);
  await whenAnalysed(services, document.uri);
  // A hover does not wait for words that an engine that has just started looks up.
  await learnAbout(services, services.analyses.of(document.uri)?.tokens.at(offset) ?? []);
  // Somebody may have gone on to another text meanwhile.
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) return;
  const word = document.positionAt(offset);
  editor.selection = new vscode.Selection(word, word);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await vscode.commands.executeCommand('editor.action.showHover');
}

async function showSample({ view }: Services): Promise<vscode.TextEditor> {
  const open = vscode.workspace.textDocuments.find(
    (document) => document.isUntitled && !document.isClosed && document.getText() === sampleStory,
  );
  const document =
    open ??
    (await vscode.workspace.openTextDocument({ language: 'plaintext', content: sampleStory }));
  if (!view.isOn) await view.toggle();
  return vscode.window.showTextDocument(document);
}

/** An analysis begins when VS Code says that the document is seen, which may come later than the editor. */
async function whenAnalysed({ analyses }: Services, uri: vscode.Uri): Promise<void> {
  if (analyses.of(uri) === undefined) {
    await new Promise<void>((resolve) => {
      const listening = analyses.onDidChange((changed) => {
        if (changed.toString() !== uri.toString()) return;
        listening.dispose();
        resolve();
      });
    });
  }
  await analyses.of(uri)?.whenIdle();
}
