// The comparison of this window: follows the edits of its two documents, the settings and the engine.
import * as vscode from 'vscode';
import type { SettingName } from '../../shared/contributions.ts';
import type { DisposableStore } from '../../shared/disposable.ts';
import type { Source } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { FeatureBriefs } from '../display/features/featureBriefs.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Log } from '../engine/engineProcess.ts';
import { onDidChangeSettings, readSetting } from '../settings.ts';
import { neuronsOfView } from '../view/view.ts';
import type { ViewInUse } from '../view/viewInUse.ts';
import { FeatureComparison } from './featureComparison.ts';

/** Settings that make another comparison of the same texts. */
const withEffect: ReadonlySet<SettingName> = new Set<SettingName>([
  ...(['model', 'modelVariant', 'saes', 'executionProvider', 'deviceId'] as const),
  ...(['topK', 'maxFileKB'] as const),
]);

/** Settings that are written one after the other within this time count as one change, in milliseconds. */
const settingsPauseMs = 200;

export interface ComparisonNeeds {
  readonly engine: EngineClient;
  readonly source: () => Promise<Source>;
  readonly briefs: FeatureBriefs;
  readonly view: ViewInUse;
  readonly log: Log;
}

/** @param lifetime everything is disposed with it */
export function createComparison(
  { engine, source, briefs, view, log }: ComparisonNeeds,
  lifetime: DisposableStore,
): FeatureComparison {
  const comparison = lifetime.add(
    new FeatureComparison({
      source,
      question: () => ({ topK: readSetting('topK'), maxFileKB: readSetting('maxFileKB') }),
      compare: (params, options) => engine.call('compareTexts', params, options),
      briefs,
      log,
    }),
  );
  const { workspace } = vscode;
  lifetime.add(
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0) return;
      const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        offset: rangeOffset,
        removed: rangeLength,
        inserted: text.length,
      }));
      comparison.edited(document.uri.toString(), changes);
    }),
  );
  // While it was closed its file may have changed.
  lifetime.add(
    workspace.onDidOpenTextDocument((document) => {
      comparison.reopened(document.uri.toString(), document.getText());
    }),
  );
  lifetime.add(
    onDidChangeSettings((names) => {
      if (names.some((name) => withEffect.has(name))) comparison.restart(settingsPauseMs);
    }),
  );
  let neurons = neuronsOfView(view.current);
  lifetime.add(
    view.onDidChange((next) => {
      if (neurons !== neuronsOfView(next)) comparison.restart();
      neurons = neuronsOfView(next);
    }),
  );
  lifetime.add(
    engine.onDidChangeState((state) => {
      const isOver = MonosemError.is(comparison.state?.reason, 'engineStopped');
      if (state === 'running' && isOver) comparison.restart();
    }),
  );
  return comparison;
}
