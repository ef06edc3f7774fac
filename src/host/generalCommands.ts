// The commands that belong to no surface: switching, restarting, settings, the log.
import * as vscode from 'vscode';
import type { CommandTable } from './commands.ts';
import { sizeText } from './display/size.ts';
import type { Services } from './services.ts';

type GeneralCommand =
  'clearAnalysisCache' | 'toggleFeatures' | 'openSettings' | 'restartEngine' | 'showLog';

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
    clearAnalysisCache: async () => {
      const { bytes } = await engine.call('clearAnalysisCache', {});
      void vscode.window.showInformationMessage(
        bytes === 0 ? 'The analysis cache was empty.' : `${sizeText(bytes)} of results removed.`,
      );
    },
    showLog: () => log.show(),
  };
}
