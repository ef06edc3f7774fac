// Tells about an SAE that reads the model otherwise than it was trained to: its features look like features and mean
// nothing, so nobody would notice. Once per SAE; the status bar goes on showing it.
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable.ts';
import { offerCommands } from '../commands/offerCommands.ts';
import type { Services } from '../services.ts';

export function reportSaes({ saeChecks }: Services): Disposable {
  const told = new Set<string>();
  return saeChecks.onDidFinish(({ sae, check }) => {
    if (check === undefined || check.passes || told.has(sae)) return;
    told.add(sae);
    const message = `${check.name}: ${check.verdict}`;
    void offerCommands(['showDiagnostics', 'chooseSaes'], (...titles) =>
      vscode.window.showWarningMessage(message, ...titles),
    );
  });
}
