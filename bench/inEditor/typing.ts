// Types into a file as fast typists do, then slowly, and says how long the extension host was in our code meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExportedApi } from '../../src/host/api/createApi.ts';
import type { EditorPlan, TypingCase, TypingReport } from '../editorReport.ts';
import { analysed, openFile } from './document.ts';
import { now, OwnTime } from './ownTime.ts';

/** Milliseconds between two keystrokes: 30 a second. */
const rate = 1000 / 30;
/** What answers, of the extension host or of VS Code, is over by then, in milliseconds. */
const calm = 500;
/** What happens up to so long after a keystroke belongs to it, what happens later to the pause, in microseconds. */
const keystrokeLasts = 100_000;
const words =
  'and then they all went to the big park again because it was so much fun to play there ';

export async function typeInto(
  api: ExportedApi,
  folder: string,
  plan: EditorPlan,
  { name, file, maxFileKB }: TypingCase,
): Promise<TypingReport> {
  await vscode.workspace
    .getConfiguration('monosem')
    .update('analysis.maxFileKB', maxFileKB, vscode.ConfigurationTarget.Global);
  // A setting that changes has everything analysed afresh a little later.
  await sleep(calm);
  const editor = await openFile(file);
  const { document } = editor;
  const middle = document.lineAt(document.lineCount >> 1).range.end;
  editor.selection = new vscode.Selection(middle, middle);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
  await analysed(api, document);
  const typed: number[] = [];
  const listening = vscode.workspace.onDidChangeTextDocument((event) => {
    if (event.document === document && event.contentChanges.length > 0) typed.push(now());
  });
  try {
    const keystrokes = await typeFast(folder, plan.keystrokes, typed);
    await sleep(calm);
    await analysed(api, document);
    await sleep(calm);
    const pauses = await typeSlowly(api, document, { folder, count: plan.pauses, typed });
    return { name, keystrokes, pauses };
  } finally {
    listening.dispose();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}

/** @param typed receives when each change arrived */
async function typeFast(folder: string, count: number, typed: number[]): Promise<number[]> {
  const own = await OwnTime.during(folder, async () => {
    const began = performance.now();
    for (let n = 0; n < count; n++) {
      await vscode.commands.executeCommand('type', { text: words[n % words.length] });
      await sleep(Math.max(0, began + (n + 1) * rate - performance.now()));
    }
  });
  // Each change is in the middle of the time that counts as its own.
  return typed.splice(0).map((at, n, all) => {
    const before = all[n - 1] ?? at - rate * 1000;
    const after = all[n + 1] ?? at + rate * 1000;
    return own.between((before + at) / 2, (at + after) / 2);
  });
}

interface SlowTyping {
  readonly folder: string;
  readonly count: number;
  readonly typed: number[];
}

async function typeSlowly(
  api: ExportedApi,
  document: vscode.TextDocument,
  { folder, count, typed }: SlowTyping,
): Promise<number[]> {
  const ends: number[] = [];
  const own = await OwnTime.during(folder, async () => {
    for (let n = 0; n < count; n++) {
      await vscode.commands.executeCommand('type', { text: words[n % words.length] });
      await sleep(keystrokeLasts / 1000);
      await api.whenIdle(document.uri);
      await sleep(calm);
      ends.push(now());
    }
  });
  return typed.splice(0).map((at, n) => own.between(at + keystrokeLasts, ends[n] ?? at));
}
