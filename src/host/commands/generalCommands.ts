// The commands that belong to no surface: switching, restarting, settings, the log.
import * as vscode from 'vscode';
import { t } from '../../shared/l10n.ts';
import type { CommandTable } from './commands.ts';
import { walkthrough } from '../../shared/contributions.ts';
import { sizeText } from '../display/size.ts';
import type { DocumentAnalysis } from '../documents/documentAnalysis.ts';
import type { Services } from '../services.ts';

type GeneralCommand =
  | 'clearAnalysisCache'
  | 'toggleFeatures'
  | 'openSettings'
  | 'restartEngine'
  | 'showLog'
  | 'getStarted'
  | 'stopAnalysis'
  | 'resumeAnalysis';

export function generalCommands({
  analyses,
  engine,
  log,
  reading,
  view,
}: Services): Pick<CommandTable, GeneralCommand> {
  const read = (): DocumentAnalysis | undefined =>
    reading.current && analyses.of(reading.current.uri);
  return {
    toggleFeatures: () => view.toggle(),
    /** Those of Monosem; of them those with some words in their names, where a link says which. */
    openSettings: (words) =>
      vscode.commands.executeCommand(
        'workbench.action.openSettings',
        `@ext:monosem.monosem${typeof words === 'string' ? ` ${words}` : ''}`,
      ),
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
        `monosem.monosem#${walkthrough}`,
      ),
    stopAnalysis: () => read()?.interrupt(),
    resumeAnalysis: () => read()?.resume(),
  };
}
