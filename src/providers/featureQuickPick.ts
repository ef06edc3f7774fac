// Chooses a feature: by its number, or from those of the token at the cursor and of the text around it.
import * as vscode from 'vscode';
import { rankFeatures } from '../host/display/features/featureRanking.ts';
import { activationText, featureLabel } from '../host/display/features/featureText.ts';
import type { Services } from '../host/services.ts';
import { readFeature } from '../host/views/viewMessages.ts';
import { DisposableStore } from '../shared/disposable.ts';
import { messageOf } from '../shared/errors.ts';
import { featureIndex } from '../shared/units.ts';
import type { FeatureIndex } from '../shared/units.ts';

/** Features offered without typing. */
const mostOffered = 30;

interface FeatureItem extends vscode.QuickPickItem {
  readonly feature: FeatureIndex;
}

/** Resolves with the chosen feature, or `undefined` when nothing is chosen. */
export async function pickFeature(services: Services): Promise<FeatureIndex | undefined> {
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<FeatureItem>());
  picker.title = 'Open Feature';
  picker.placeholder = 'Number of a feature, or a word it stands for';
  picker.matchOnDescription = true;
  const offered = await offeredFeatures(services);
  picker.items = offered;
  lifetime.add(
    picker.onDidChangeValue((value) => {
      const typed = /^\s*#?(\d{1,9})\s*$/.exec(value)?.[1];
      const feature = typed === undefined ? undefined : readFeature(Number(typed));
      const others = offered.filter((item) => item.feature !== feature);
      picker.items = feature === undefined ? offered : [typedItem(value, feature), ...others];
    }),
  );
  try {
    return await new Promise((resolve) => {
      lifetime.add(picker.onDidAccept(() => resolve(picker.activeItems[0]?.feature)));
      lifetime.add(picker.onDidHide(() => resolve(undefined)));
      picker.show();
    });
  } finally {
    lifetime.dispose();
  }
}

function typedItem(value: string, feature: FeatureIndex): FeatureItem {
  return {
    label: `#${feature}`,
    description: `Open feature ${value.trim()}`,
    feature,
    alwaysShow: true,
  };
}

/** Strongest features of what is visible, those at the cursor first. */
async function offeredFeatures({
  analyses,
  briefs,
  log,
}: Services): Promise<readonly FeatureItem[]> {
  const editor = vscode.window.activeTextEditor;
  const tokens = editor && analyses.of(editor.document.uri)?.tokens;
  if (editor === undefined || tokens === undefined) return [];
  const { document, selection } = editor;
  const [shown] = editor.visibleRanges;
  if (shown === undefined) return [];
  const around = tokens.between(document.offsetAt(shown.start), document.offsetAt(shown.end));
  const ranked = rankFeatures(around, document.offsetAt(selection.active)).slice(0, mostOffered);
  try {
    await briefs.load(ranked.map(({ feature }) => feature));
  } catch (error) {
    log.warn(`Features are offered without labels: ${messageOf(error)}`);
  }
  return ranked.map(({ feature, activation, isHere }) => ({
    label: `#${feature}`,
    description: featureLabel(briefs.get(feature)),
    detail: `${activationText(activation)} ${isHere ? 'at the cursor' : 'in view'}`,
    feature: featureIndex(feature),
  }));
}
