// Tells about an SAE that reads the model otherwise than it was trained to: its features look like features and mean
// nothing, so nobody would notice. Once per SAE; the status bar goes on showing it.
import * as vscode from 'vscode';
import { commands } from '../../shared/contributions.ts';
import type { CommandContribution } from '../../shared/contributions.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type { Services } from '../services.ts';

const actions: readonly CommandContribution[] = [commands.showDiagnostics, commands.chooseSaes];

export function reportSaes({ saeChecks }: Services): Disposable {
  const told = new Set<string>();
  return saeChecks.onDidFinish(({ sae, check }) => {
    if (check === undefined || check.passes || told.has(sae)) return;
    told.add(sae);
    void warn(`${check.name}: ${check.verdict}`);
  });
}

async function warn(message: string): Promise<void> {
  const titles = actions.map(({ title }) => title);
  const chosen = await vscode.window.showWarningMessage(message, ...titles);
  const action = actions.find(({ title }) => title === chosen);
  if (action !== undefined) await vscode.commands.executeCommand(action.id);
}
