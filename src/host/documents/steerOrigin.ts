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

export function closedFile(): MonosemError {
  return new MonosemError(
    'badArgument',
    t('The file the text came from is closed: open it and steer its selection again to insert.'),
  );
}
