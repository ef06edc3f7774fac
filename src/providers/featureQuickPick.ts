// Chooses a feature: by its number, or from those of the token at the cursor and of the text around it. Where several
// SAEs are active, those of the painted one come first, and every feature says whose it is.
import * as vscode from 'vscode';
import { pickerTitle } from '../host/commands/commandTitle.ts';
import { rankFeatures } from '../host/display/features/featureRanking.ts';
import { activationText, featureLabel } from '../host/display/features/featureText.ts';
import { listWords } from '../host/display/features/listWords.ts';
import { oneLine } from '../host/display/oneLine.ts';
import type { Services } from '../host/services.ts';
import { readFeature } from '../host/views/viewMessages.ts';
import type { CommandName } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { FeatureRef, SaePlace } from '../shared/engineProtocol.ts';
import { messageOf } from '../shared/errors.ts';
import { featureName } from '../shared/featureName.ts';
import { saeLabels } from '../shared/featureRef.ts';
import { t } from '../shared/l10n.ts';
import { featureIndex } from '../shared/units.ts';
import type { FeatureIndex } from '../shared/units.ts';

/** Features of each SAE offered without typing. */
const mostOffered = 30;

interface FeatureItem extends vscode.QuickPickItem {
  /** Separators have none. */
  readonly ref?: FeatureRef;
}

interface SaeChoice {
  readonly sae: SaePlace;
  /** What it is called; only where there are several. */
  readonly label: string | undefined;
}

/**
 * Resolves with the chosen feature, or `undefined` when nothing is chosen.
 * @param command what is done with it
 */
export async function pickFeature(
  services: Services,
  command: CommandName,
): Promise<FeatureRef | undefined> {
  // Also before the first file is analysed: then only this tells which are active.
  await services.source();
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<FeatureItem>());
  picker.title = pickerTitle(command);
  picker.matchOnDescription = true;
  const saes = activeSaes(services);
  picker.placeholder = listWords(saes.map(({ sae }) => sae)).chosenBy;
  const offered = (
    await Promise.all(saes.map(async (choice) => offeredFeatures(services, choice)))
  ).flat();
  picker.items = offered;
  lifetime.add(
    picker.onDidChangeValue((value) => {
      const typed = /^\s*#?(\d{1,9})\s*$/.exec(value)?.[1];
      const feature = typed === undefined ? undefined : readFeature(Number(typed));
      const others = offered.filter(({ ref }) => ref?.feature !== feature || ref === undefined);
      picker.items =
        feature === undefined
          ? offered
          : [...saes.map((choice) => typedItem(choice, feature)), ...others];
    }),
  );
  try {
    return await new Promise((resolve) => {
      lifetime.add(picker.onDidAccept(() => resolve(picker.activeItems[0]?.ref)));
      lifetime.add(picker.onDidHide(() => resolve(undefined)));
      picker.show();
    });
  } finally {
    lifetime.dispose();
  }
}

/** The painted one first. */
function activeSaes({ model, shownSae }: Services): readonly SaeChoice[] {
  const named = model.namedSaes;
  const labels = saeLabels(named);
  return named
    .map(({ sae }) => ({ sae, label: named.length > 1 ? labels.get(sae) : undefined }))
    .toSorted((a, b) => Number(b.sae === shownSae.current) - Number(a.sae === shownSae.current));
}

function typedItem({ sae, label }: SaeChoice, feature: FeatureIndex): FeatureItem {
  return {
    label: `#${feature}`,
    description:
      label === undefined
        ? featureName({ sae, feature })
        : t('{0} of {1}', featureName({ sae, feature }), oneLine(label)),
    ref: { sae, feature },
    alwaysShow: true,
  };
}

/** Strongest features of what is visible, those at the cursor first. */
async function offeredFeatures(
  { analyses, briefs, log }: Services,
  { sae, label }: SaeChoice,
): Promise<readonly FeatureItem[]> {
  const editor = vscode.window.activeTextEditor;
  const tokens = editor && analyses.of(editor.document.uri)?.tokens;
  if (editor === undefined || tokens === undefined) return [];
  const { document, selection } = editor;
  const [shown] = editor.visibleRanges;
  if (shown === undefined) return [];
  const around = tokens.between(document.offsetAt(shown.start), document.offsetAt(shown.end));
  const cursor = document.offsetAt(selection.active);
  const ranked = rankFeatures(around, cursor, sae).slice(0, mostOffered);
  try {
    await briefs.load(
      sae,
      ranked.map(({ feature }) => feature),
    );
  } catch (error) {
    log.warn(`Features are offered without labels: ${messageOf(error)}`);
  }
  const items = ranked.map(({ feature, activation, isHere }) => ({
    label: `#${feature}`,
    description: featureLabel(briefs.get(sae, feature)),
    detail: isHere
      ? t('{0} at the cursor', activationText(activation))
      : t('{0} in view', activationText(activation)),
    ref: { sae, feature: featureIndex(feature) },
  }));
  if (label === undefined || items.length === 0) return items;
  return [{ label: oneLine(label), kind: vscode.QuickPickItemKind.Separator }, ...items];
}
