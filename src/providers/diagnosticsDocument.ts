// "Show Diagnostics": a read-only document that tells what runs where and why. Each call writes it afresh.
import * as vscode from 'vscode';
import { diagnosticsText } from '../host/display/diagnosticsText.ts';
import { gatherDiagnostics } from '../host/diagnosticsReport.ts';
import type { Services } from '../host/services.ts';
import { documentScheme } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import { t } from '../shared/l10n.ts';

/** Longest wait for a document to take the new text; it is shown then in any case. */
const refreshMs = 2000;

export class DiagnosticsDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<vscode.Uri>());
  /** Its last part is the name of the tab. */
  readonly #place = vscode.Uri.from({
    scheme: documentScheme,
    path: `${t('Monosem Diagnostics')}.md`,
  });
  #text = '';

  constructor(services: Services) {
    this.#services = services;
    this.#lifetime.add(vscode.workspace.registerTextDocumentContentProvider(documentScheme, this));
  }

  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(): string {
    return this.#text;
  }

  async show(): Promise<void> {
    const progress = {
      location: vscode.ProgressLocation.Window,
      title: t('Monosem: opening the model to look at it'),
    };
    const report = await vscode.window.withProgress(progress, () =>
      gatherDiagnostics(this.#services),
    );
    this.#text = diagnosticsText(report);
    const document = await vscode.workspace.openTextDocument(this.#place);
    await this.#refreshed(document);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** A document that VS Code still has from the last time reads the new text, in its own time. */
  async #refreshed(document: vscode.TextDocument): Promise<void> {
    const isNew = (): boolean => document.getText().replaceAll('\r\n', '\n') === this.#text;
    if (isNew()) return;
    const lifetime = new DisposableStore();
    await new Promise<void>((resolve) => {
      lifetime.add(vscode.workspace.onDidChangeTextDocument(() => isNew() && resolve()));
      const timer = setTimeout(resolve, refreshMs);
      lifetime.add({ dispose: () => clearTimeout(timer) });
      this.#changed.fire(this.#place);
    });
    lifetime.dispose();
  }

  dispose(): void {
    this.#lifetime.dispose();
  }
}
