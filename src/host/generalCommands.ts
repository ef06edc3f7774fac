// The commands that belong to no surface: switching, restarting, settings, the log.
import * as vscode from 'vscode';
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
        bytes === 0 ? 'The analysis cache was empty.' : `${sizeText(bytes)} of results removed.`,
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
