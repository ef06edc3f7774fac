// What an editor gives to steer on.
import type * as vscode from 'vscode';
import { SteerOrigin } from './steerOrigin.ts';
import { promptAround } from './steerPrompt.ts';

export interface TakenPrompt {
  readonly prompt: string;
  readonly origin: SteerOrigin;
}

/** The selected text, or what stands around the cursor; `undefined` if that is nothing. */
export function takePrompt(
  { document, selection }: vscode.TextEditor,
  cursor = document.offsetAt(selection.end),
): TakenPrompt | undefined {
  if (selection.isEmpty) {
    const { prompt, end } = promptAround(document.getText(), cursor);
    return prompt.trim() === ''
      ? undefined
      : { prompt, origin: new SteerOrigin({ document, end }) };
  }
  const prompt = document.getText(selection);
  const [start, end] = [document.offsetAt(selection.start), document.offsetAt(selection.end)];
  return prompt.trim() === ''
    ? undefined
    : { prompt, origin: new SteerOrigin({ document, start, end }) };
}
