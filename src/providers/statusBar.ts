// The status bar item: how the analysis of the active file is doing, what runs where, why there is nothing to see, and
// a way to every action.
import * as vscode from 'vscode';
import { runCommand } from '../host/commands/commands.ts';
import { statusText } from '../host/display/statusText.ts';
import type { Status } from '../host/display/statusText.ts';
import { isAnalysing } from '../host/documents/documentAnalysis.ts';
import type { AnalysisState } from '../host/documents/documentAnalysis.ts';
import type { Services } from '../host/services.ts';
import { ownSaes } from '../host/view/viewChoice.ts';
import { commands } from '../shared/contributions.ts';
import type { CommandName } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { Disposable } from '../shared/disposable.ts';
import { saeLabels } from '../shared/featureRef.ts';
import { t } from '../shared/l10n.ts';

export function createStatusBar(services: Services): Disposable {
  const { analyses, engine, model, reading, saeChecks, shownSae, view } = services;
  const lifetime = new DisposableStore();
  const item = lifetime.add(
    vscode.window.createStatusBarItem('monosem.status', vscode.StatusBarAlignment.Right, 90),
  );
  item.name = 'Monosem';
  item.command = commands.showActions.id;
  const show = (): void => {
    const { text, tooltip, severity } = presentStatus(services);
    item.text = text;
    item.tooltip = tooltip;
    item.backgroundColor =
      severity === 'ok' ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
  };
  lifetime.add(analyses.onDidChange(show));
  lifetime.add(view.onDidChange(show));
  lifetime.add(engine.onDidChangeState(show));
  lifetime.add(model.onDidChange(show));
  lifetime.add(shownSae.onDidChange(show));
  lifetime.add(saeChecks.onDidFinish(show));
  lifetime.add(reading.onDidChange(show));
  show();
  item.show();
  return lifetime;
}

function presentStatus(services: Services): Status {
  const { engine, model, saeChecks, shownSae, view } = services;
  const isOneOfSeveral = view.current.kind === 'top' && hasSeveralSaes(services);
  return statusText({
    view: view.current,
    engine: engine.state,
    analysis: stateOfRead(services),
    place: model.place,
    painted: isOneOfSeveral ? saeLabels(model.namedSaes).get(shownSae.current ?? '') : undefined,
    warnings: model.saes
      .map((sae) => saeChecks.of(model.choice, sae)?.check)
      .filter((check) => check?.passes === false)
      .map((check) => check?.verdict ?? ''),
  });
}

function stateOfRead({ analyses, reading }: Services): AnalysisState | undefined {
  return reading.current && analyses.of(reading.current.uri)?.state;
}

function hasSeveralSaes({ model, view }: Services): boolean {
  return ownSaes(model.saes, view.current).length > 1;
}

interface ActionItem extends vscode.QuickPickItem {
  readonly command: CommandName;
}

/** What the menu offers, in this order. */
const icons = {
  toggleFeatures: '$(eye)',
  changeView: '$(paintcan)',
  stopAnalysis: '$(debug-stop)',
  resumeAnalysis: '$(debug-start)',
  steerSelection: '$(settings)',
  openFeature: '$(search)',
  showToken: '$(symbol-key)',
  compareFeatures: '$(diff)',
  openModelFolder: '$(folder-opened)',
  chooseSaes: '$(checklist)',
  showFeaturesOf: '$(symbol-color)',
  addModel: '$(cloud-download)',
  addSae: '$(cloud-download)',
  removeDownload: '$(trash)',
  setHubToken: '$(key)',
  getStarted: '$(mortar-board)',
  openSample: '$(book)',
  showDiagnostics: '$(pulse)',
  openSettings: '$(gear)',
  restartEngine: '$(debug-restart)',
  clearAnalysisCache: '$(clear-all)',
  showLog: '$(output)',
} as const satisfies Partial<Readonly<Record<CommandName, string>>>;

/** What is of no use while no SAE is chosen. */
const needsFeatures: ReadonlySet<CommandName> = new Set([
  'toggleFeatures',
  'steerSelection',
  'openFeature',
  'showFeaturesOf',
]);

/** What can do nothing about an analysis as it is. */
function uselessFor(analysis: AnalysisState | undefined): readonly CommandName[] {
  if (isAnalysing(analysis)) return ['resumeAnalysis'];
  return analysis?.kind === 'stopped' ? ['stopAnalysis'] : ['stopAnalysis', 'resumeAnalysis'];
}

/** What a click on the item offers, first what helps with the present state. */
export async function showActions(services: Services): Promise<void> {
  const { action } = presentStatus(services);
  const useless = new Set<CommandName>([
    ...(action === 'chooseSaes' ? needsFeatures : []),
    ...uselessFor(stateOfRead(services)),
    ...(hasSeveralSaes(services) ? [] : (['showFeaturesOf'] as const)),
  ]);
  const names = (Object.keys(icons) as (keyof typeof icons)[]).filter((name) => !useless.has(name));
  const isFirst = (name: CommandName): number => Number(name === action);
  const sorted = names.sort((a, b) => isFirst(b) - isFirst(a));
  const items = sorted.map((command): ActionItem => {
    const title = commands[command].title;
    const label = command === 'toggleFeatures' ? toggleLabel(services.view.isOn) : title;
    return { label: `${icons[command]} ${label}`, command };
  });
  const chosen = await vscode.window.showQuickPick(items, { title: 'Monosem' });
  if (chosen !== undefined) await runCommand(chosen.command);
}

function toggleLabel(isOn: boolean): string {
  return isOn ? t('Hide Features') : t('Show Features');
}
