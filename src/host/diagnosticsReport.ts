// Gathers what "Show Diagnostics" tells: the engine's diagnostics of the present model, and what only the extension
// knows. Nothing in it fails: what cannot be had is part of the report.
import * as vscode from 'vscode';
import { settingSection, settings } from '../shared/contributions.ts';
import { messageOf } from '../shared/errors.ts';
import { t } from '../shared/l10n.ts';
import { version } from '../shared/version.ts';
import type { DiagnosticsReport } from './display/diagnosticsText.ts';
import type { AnalysisState } from './documents/documentAnalysis.ts';
import type { Services } from './services.ts';
import { isSameValue, readSetting, settingNames } from './settings.ts';

export async function gatherDiagnostics(services: Services): Promise<DiagnosticsReport> {
  const { analyses, engine, model } = services;
  const { choice } = model;
  const asked = await tried(engine.call('diagnose', { model: choice }));
  const saes = await aboutSaes(services);
  const uri = vscode.window.activeTextEditor?.document.uri;
  return {
    at: new Date(),
    program: programFacts(),
    settings: settingNames.map((name) => {
      const value = readSetting(name);
      const { key, default: standard } = settings[name];
      return {
        key: `${settingSection}.${key}`,
        value: textOf(value),
        isDefault: isSameValue(value, standard),
      };
    }),
    engine: { state: engine.state, processId: engine.pid, crashes: engine.crashes },
    activeFile: uri && stateText(analyses.of(uri)?.state),
    choice,
    saes,
    diagnostics: asked.value,
    failure: asked.failure,
  };
}

/** Each by itself: one that cannot be opened keeps nobody from reading about the others. */
async function aboutSaes({
  engine,
  model,
  saeChecks,
  shownSae,
}: Services): Promise<DiagnosticsReport['saes']> {
  const saes = await model.findSaes();
  return Promise.all(
    saes.map(async (sae) => {
      const source = { ...model.choice, saes: [sae] };
      const { value, failure } = await tried(engine.call('describe', { source }));
      const isPainted = saes.length > 1 && sae === shownSae.current;
      if (value === undefined) return { sae, isPainted, failure };
      const [outcome] = await saeChecks.check(source);
      const { check, failure: unchecked } = outcome ?? {};
      return { sae, isPainted, facts: value.saes[0], check, failure: unchecked };
    }),
  );
}

function textOf(value: boolean | string | number | readonly string[]): string {
  return Array.isArray(value) ? value.join(', ') : `${value as boolean | string | number}`;
}

async function tried<T>(work: Promise<T>): Promise<{ value?: T; failure?: string }> {
  try {
    return { value: await work };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

function programFacts(): DiagnosticsReport['program'] {
  const { appName, remoteName, uiKind } = vscode.env;
  return [
    ['Monosem', version],
    ['VS Code', `${vscode.version} (${appName})`],
    [t('window'), uiKind === vscode.UIKind.Web ? t('browser') : t('desktop')],
    [t('connected to'), remoteName ?? t('this machine')],
    [t('workspace trusted'), vscode.workspace.isTrusted ? t('yes') : t('no')],
  ];
}

function stateText(state: AnalysisState | undefined): string {
  if (state === undefined) return t('not analysed');
  const reason = 'reason' in state ? `: ${state.reason.message}` : '';
  return `${state.kind}${reason}`;
}
