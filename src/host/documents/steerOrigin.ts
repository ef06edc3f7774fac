// Where a prompt was taken from in an editor: a stretch of text that follows the edits of its document, and takes what a
// run has written. Each of them is one edit, hence undone at once.
import * as vscode from 'vscode';
import { movedOffset } from './steerPrompt.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

export interface OriginOptions {
  readonly document: vscode.TextDocument;
  /** UTF-16 offset behind the prompt. */
  readonly end: number;
  /** Offset of its begin, where it was selected and can be replaced. */
  readonly start?: number;
}

/** An origin as it is remembered over a reload of the window. */
export interface KeptOrigin {
  readonly uri: string;
  readonly start?: number;
  readonly end: number;
  /** What stands there, or before it: in another text the place means nothing. */
  readonly text: string;
}

/** UTF-16 units by which a place is known again. */
const knownBy = 200;

export class SteerOrigin {
  readonly #document: vscode.TextDocument;
  #start: number | undefined;
  #end: number;

  constructor({ document, start, end }: OriginOptions) {
    this.#document = document;
    this.#start = start;
    this.#end = end;
  }

  get canInsert(): boolean {
    return !this.#document.isClosed;
  }

  get canReplace(): boolean {
    return this.canInsert && this.#start !== undefined;
  }

  get kept(): KeptOrigin {
    const uri = this.#document.uri.toString();
    const [start, end] = [this.#start, this.#end];
    const text = textBetween(this.#document, start ?? end - knownBy, end);
    return { uri, end, text, ...(start !== undefined && { start }) };
  }

  follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (document !== this.#document) return;
    for (const { rangeOffset, rangeLength, text } of contentChanges) {
      const change = { offset: rangeOffset, removed: rangeLength, inserted: text.length };
      this.#end = movedOffset(this.#end, change);
      // What is written at the begin of the stretch belongs to it.
      if (this.#start !== undefined && rangeOffset < this.#start) {
        this.#start = movedOffset(this.#start, change);
      }
    }
  }

  /** Behind the prompt. @throws MonosemError where the document cannot be edited */
  async insert(text: string): Promise<void> {
    await this.#write(this.#end, this.#end, text);
  }

  /** In the place of the prompt, or of what took its place before. @throws MonosemError as `insert` */
  async replace(text: string): Promise<void> {
    await this.#write(this.#start ?? this.#end, this.#end, text);
  }

  async #write(from: number, to: number, text: string): Promise<void> {
    const document = this.#document;
    if (document.isClosed) throw closedFile();
    const start = document.positionAt(from);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(start, document.positionAt(to)), text);
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new MonosemError(
        'badArgument',
        t(
          '{0} could not be edited: make it writable, or copy the continuation instead.',
          document.fileName,
        ),
      );
    }
    const written = new vscode.Range(start, document.positionAt(from + text.length));
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
      selection: written,
    });
    editor.revealRange(written);
  }
}

/**
 * The place in its document, as an earlier window has remembered it.
 * @returns `undefined` where the document is gone or has another text there
 */
export async function restoreOrigin(stored: unknown): Promise<SteerOrigin | undefined> {
  const { uri, start, end, text } = (stored ?? {}) as Partial<KeptOrigin>;
  if (typeof uri !== 'string' || typeof end !== 'number' || typeof text !== 'string') {
    return undefined;
  }
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
    if (textBetween(document, start ?? end - knownBy, end) !== text) return undefined;
    return new SteerOrigin({ document, end, ...(typeof start === 'number' && { start }) });
  } catch {
    // Deleted, moved, or of a file system that is not there any more: there is nothing to insert into.
    return undefined;
  }
}

function textBetween(document: vscode.TextDocument, from: number, to: number): string {
  return document.getText().slice(Math.max(0, from), to);
}

export function closedFile(): MonosemError {
  return new MonosemError(
    'badArgument',
    t('The file the text came from is closed: open it and steer its selection again to insert.'),
  );
}
