// What is selected in the editor that was active last.
import * as vscode from 'vscode';
import type { ReadDocument } from './readDocument.ts';

/** Selections that hold something, in the order in which they were made. */
export function selectedTexts(reading: ReadDocument): readonly string[] {
  const editor = lastEditor(reading);
  return (editor?.selections ?? [])
    .map((selection) => editor?.document.getText(selection) ?? '')
    .filter((text) => text.trim() !== '');
}

/** A panel that has the focus leaves no editor active. */
function lastEditor({ current }: ReadDocument): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  return activeTextEditor ?? visibleTextEditors.find(({ document }) => document === current);
}
