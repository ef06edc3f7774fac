// "Show Diagnostics": a read-only document that tells what runs where and why. Each call writes it afresh.
import * as vscode from 'vscode';
import { diagnosticsText } from '../host/display/diagnosticsText.ts';
import { gatherDiagnostics } from '../host/diagnosticsReport.ts';
import type { Services } from '../host/services.ts';
import { documentScheme } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';

const place = vscode.Uri.from({ scheme: documentScheme, path: 'Monosem Diagnostics.md' });

export class DiagnosticsDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<vscode.Uri>());
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
      title: 'Monosem: opening the model to look at it',
    };
    const report = await vscode.window.withProgress(progress, () =>
      gatherDiagnostics(this.#services),
    );
    this.#text = diagnosticsText(report);
    // A document that is still open from the last time reads the new text.
    this.#changed.fire(place);
    const document = await vscode.workspace.openTextDocument(place);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  dispose(): void {
    this.#lifetime.dispose();
  }
}
