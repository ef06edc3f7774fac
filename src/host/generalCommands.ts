// The commands that belong to no surface: switching, restarting, settings, the log.
import * as vscode from 'vscode';
import { t } from '../shared/l10n.ts';
import type { CommandTable } from './commands.ts';
import { sizeText } from './display/size.ts';
import type { Services } from './services.ts';

type GeneralCommand =
  | 'clearAnalysisCache'
  | 'toggleFeatures'
  | 'openSettings'
  | 'restartEngine'
  | 'showLog'
  | 'getStarted'
  | 'stopAnalysis';

export function generalCommands({
  analyses,
  engine,
  log,
  view,
}: Services): Pick<CommandTable, GeneralCommand> {
  return {
    toggleFeatures: () => view.toggle(),
    openSettings: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:monosem.monosem'),
    restartEngine: async () => {
      await engine.restart();
      analyses.restart();
    },
    clearAnalysisCache: async () => {
      const { bytes } = await engine.call('clearAnalysisCache', {});
      void vscode.window.showInformationMessage(
        bytes === 0
          ? t('The analysis cache was empty.')
          : t('The analysis cache was cleared ({0}).', sizeText(bytes)),
      );
    },
    showLog: () => log.show(),
    getStarted: () =>
      vscode.commands.executeCommand(
        'workbench.action.openWalkthrough',
        'monosem.monosem#monosem.start',
      ),
    stopAnalysis: () => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      if (uri !== undefined) analyses.of(uri)?.stop();
    },
  };
}
