// The status bar item: how the analysis of the active file is doing, why there is nothing to see, and a way to every
// action.
import * as vscode from 'vscode';
import { runCommand } from '../host/commands.ts';
import { statusText } from '../host/display/statusText.ts';
import type { Services } from '../host/services.ts';
import { commands } from '../shared/contributions.ts';
import type { CommandName } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { Disposable } from '../shared/disposable.ts';

export function createStatusBar({ analyses, engine }: Services): Disposable {
  const lifetime = new DisposableStore();
  const item = lifetime.add(
    vscode.window.createStatusBarItem('monosem.status', vscode.StatusBarAlignment.Right, 90),
  );
  item.name = 'Monosem';
  item.command = commands.showActions.id;
  const show = (): void => {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const uri = (activeTextEditor ?? visibleTextEditors[0])?.document.uri;
    const { text, tooltip, severity } = statusText({
      isOn: analyses.isOn,
      engine: engine.state,
      analysis: uri && analyses.of(uri)?.state,
    });
    item.text = text;
    item.tooltip = tooltip;
    item.backgroundColor =
      severity === 'error' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  };
  lifetime.add(analyses.onDidChange(show));
  lifetime.add(analyses.onDidSwitch(show));
  lifetime.add(engine.onDidChangeState(show));
  lifetime.add(vscode.window.onDidChangeActiveTextEditor(show));
  show();
  item.show();
  return lifetime;
}

interface ActionItem extends vscode.QuickPickItem {
  readonly command: CommandName;
}

const icons: Readonly<Record<Exclude<CommandName, 'showActions'>, string>> = {
  toggleFeatures: '$(eye)',
  steerSelection: '$(settings)',
  openFeature: '$(search)',
  chooseModel: '$(folder-opened)',
  chooseSae: '$(folder-opened)',
  openSettings: '$(gear)',
  restartEngine: '$(debug-restart)',
  showLog: '$(output)',
};

/** What a click on the item offers. */
export async function showActions({ analyses }: Services): Promise<void> {
  const items = (Object.keys(icons) as (keyof typeof icons)[]).map((command): ActionItem => {
    const title = commands[command].title;
    const label =
      command === 'toggleFeatures' ? `${analyses.isOn ? 'Hide' : 'Show'} Features` : title;
    return { label: `${icons[command]} ${label}`, command };
  });
  const chosen = await vscode.window.showQuickPick(items, { title: 'Monosem' });
  if (chosen !== undefined) await runCommand(chosen.command);
}
