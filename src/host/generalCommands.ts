// The commands that belong to no surface: switching, restarting, settings, the log.
import * as vscode from 'vscode';
import type { CommandTable } from './commands.ts';
import type { Services } from './services.ts';

type GeneralCommand = 'toggleFeatures' | 'openSettings' | 'restartEngine' | 'showLog';

export function generalCommands({
  analyses,
  engine,
  log,
}: Services): Pick<CommandTable, GeneralCommand> {
  return {
    toggleFeatures: () => analyses.switch(!analyses.isOn),
    openSettings: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:monosem.monosem'),
    restartEngine: async () => {
      await engine.restart();
      analyses.restart();
    },
    showLog: () => log.show(),
  };
}
