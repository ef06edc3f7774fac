// The ablation maps of this window: of the texts that are shown, while the view is that of an ablated feature. A text is
// mapped once its analysis is over, so that its tokens are there first.
import * as vscode from 'vscode';
import type { DisposableStore } from '../../shared/disposable.ts';
import type { FeatureRef, Source } from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { DocumentAnalyses } from '../documents/documentAnalyses.ts';
import { suitability } from '../documents/suitability.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { showFailure } from '../failures/notifications.ts';
import { withCancel } from '../progress.ts';
import { readSetting } from '../settings.ts';
import type { ViewInUse } from '../view/viewInUse.ts';
import { AblationMaps } from './ablationMaps.ts';

export interface AblationNeeds {
  readonly engine: EngineClient;
  readonly source: () => Promise<Source>;
  readonly analyses: DocumentAnalyses;
  readonly view: ViewInUse;
  readonly log: vscode.LogOutputChannel;
}

/** @param lifetime everything is disposed with it */
export function createAblationMaps(
  { engine, source, analyses, view, log }: AblationNeeds,
  lifetime: DisposableStore,
): AblationMaps {
  const onFailure = (error: unknown, isFirst: boolean): void => {
    if (isFirst) void showFailure(error, log);
    else log.warn(`An ablation map is not brought up to date: ${messageOf(error)}`);
  };
  const maps = lifetime.add(new AblationMaps({ engine, source, check, progress, onFailure }));
  const show = (document: vscode.TextDocument): void => {
    const { current } = view;
    const isAnalysed = analyses.of(document.uri)?.state.kind === 'ready';
    if (current.kind !== 'ablation' || !isAnalysed) return;
    const text = document.getText();
    const key = document.uri.toString();
    void maps.show({ key, version: document.version, text }, current.feature);
  };
  const shown = (): readonly vscode.TextDocument[] => [
    ...new Set(vscode.window.visibleTextEditors.map(({ document }) => document)),
  ];
  const { window, workspace } = vscode;
  lifetime.add(
    view.onDidChange(({ kind }) => {
      if (kind === 'ablation') shown().forEach(show);
      else maps.pause();
    }),
  );
  lifetime.add(
    analyses.onDidChange((uri) => {
      const key = uri.toString();
      for (const document of shown()) if (document.uri.toString() === key) show(document);
    }),
  );
  lifetime.add(window.onDidChangeVisibleTextEditors(() => shown().forEach(show)));
  lifetime.add(
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        offset: rangeOffset,
        removed: rangeLength,
        inserted: text.length,
      }));
      maps.edited(document.uri.toString(), changes);
    }),
  );
  lifetime.add(
    workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
      if (isClosed) maps.forget(uri.toString());
    }),
  );
  return maps;
}

/** Of a long file only what is visible is analysed; a map of it all would take long. */
function check(text: string): void {
  const most = readSetting('maxFileKB');
  if (!suitability(text, most).isLong) return;
  throw new MonosemError(
    'tooLarge',
    t(
      'The file is longer than monosem.analysis.maxFileKB ({0} KB), so it has no ablation map; raise the setting, or map a part of it.',
      most,
    ),
  );
}

/** What follows an edit is shown quietly; what somebody has asked for can be cancelled where it takes long. */
function progress(
  { feature }: FeatureRef,
  isFirst: boolean,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const title = t('Reading the text without feature {0}', feature);
  if (isFirst) return withCancel(title, work);
  const result = work(new AbortController().signal);
  const location = vscode.ProgressLocation.Window;
  const over = result.catch(() => undefined);
  void vscode.window.withProgress({ location, title }, () => over);
  return result;
}
