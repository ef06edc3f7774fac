// The document somebody reads: that of the active editor, or the last one while another surface, such as a panel or the
// output, has the focus. Lists at the side are about this one.
import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import { holdsText } from './textSchemes.ts';

export class ReadDocument implements vscode.Disposable {
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<undefined>());
  #current: vscode.TextDocument | undefined;

  constructor() {
    const { window } = vscode;
    this.#current = this.#find();
    this.#lifetime.add(window.onDidChangeActiveTextEditor(() => this.#look()));
    this.#lifetime.add(window.onDidChangeVisibleTextEditors(() => this.#look()));
  }

  /** Another one is read, or none. */
  readonly onDidChange = this.#changed.event;

  get current(): vscode.TextDocument | undefined {
    return this.#current;
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #look(): void {
    const found = this.#find();
    if (found === this.#current) return;
    this.#current = found;
    this.#changed.fire(undefined);
  }

  #find(): vscode.TextDocument | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const visible = visibleTextEditors.map(({ document }) => document);
    const candidates = [activeTextEditor?.document, this.#current, visible[0], ...visible];
    return candidates.find(
      (document) =>
        document !== undefined && holdsText(document.uri.scheme) && visible.includes(document),
    );
  }
}
