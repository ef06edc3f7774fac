// Searches all features of the active SAEs: by number, or by words of the tokens that they peak on.
import * as vscode from 'vscode';
import { foundFeatures } from '../host/display/features/featureSearch.ts';
import { featureLabel } from '../host/display/features/featureText.ts';
import { listWords } from '../host/display/features/listWords.ts';
import { oneLine } from '../host/display/oneLine.ts';
import type { Services } from '../host/services.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { FeatureRef, SaeFacts, SaePlace } from '../shared/engineProtocol.ts';
import { messageOf } from '../shared/errors.ts';
import { saeLabels } from '../shared/featureRef.ts';
import { t } from '../shared/l10n.ts';
import { numberText, percentText } from '../shared/numberText.ts';
import { featureIndex } from '../shared/units.ts';

/** Features of each SAE in the list. */
const mostFound = 50;

interface FoundItem extends vscode.QuickPickItem {
  /** Separators have none. */
  readonly ref?: FeatureRef;
}

/** Resolves with the chosen feature, or `undefined` when nothing is chosen. */
export async function searchFeatures(services: Services): Promise<FeatureRef | undefined> {
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<FoundItem>());
  picker.title = t('Search Features');
  picker.placeholder = listWords([]).searchedBy;
  let saes: readonly SaeFacts[] = [];
  const show = (): void => {
    picker.items = saes.flatMap((sae) => foundIn(services, sae, saes, picker.value));
  };
  lifetime.add(picker.onDidChangeValue(show));
  const chosen = new Promise<FeatureRef | undefined>((resolve) => {
    lifetime.add(picker.onDidAccept(() => resolve(picker.activeItems[0]?.ref)));
    lifetime.add(picker.onDidHide(() => resolve(undefined)));
  });
  try {
    picker.busy = true;
    picker.show();
    saes = await activeSaes(services);
    picker.placeholder = listWords(saes.map(({ sae }) => sae)).searchedBy;
    show();
    await loadLabels(services, saes);
    picker.busy = false;
    show();
    return await chosen;
  } finally {
    lifetime.dispose();
  }
}

async function activeSaes({ engine, source }: Services): Promise<readonly SaeFacts[]> {
  const { saes } = await engine.call('describe', { source: await source() });
  return saes;
}

/** Without labels features are still found by their numbers. */
async function loadLabels({ briefs, log }: Services, saes: readonly SaeFacts[]): Promise<void> {
  try {
    await Promise.all(
      saes
        .filter(({ hasFeatureStore }) => hasFeatureStore)
        .map(({ sae, features }) =>
          briefs.load(
            sae,
            Array.from({ length: features }, (_, n) => n),
          ),
        ),
    );
  } catch (error) {
    log.warn(`Features are searched without labels: ${messageOf(error)}`);
  }
}

function foundIn(
  { briefs }: Services,
  { sae, features }: SaeFacts,
  saes: readonly SaeFacts[],
  typed: string,
): readonly FoundItem[] {
  const brief = (feature: number) => briefs.get(sae, feature);
  const items = foundFeatures(typed, { features, brief }, mostFound).map((feature) => {
    const known = brief(feature);
    return {
      label: `#${feature}`,
      description: featureLabel(known),
      ...(known && {
        detail: t(
          'max {0}, on {1} of the tokens',
          numberText(known.maxActivation),
          percentText(known.density),
        ),
      }),
      ref: { sae, feature: featureIndex(feature) },
      // What is found was found here, not by the picker.
      alwaysShow: true,
    };
  });
  if (saes.length < 2 || items.length === 0) return items;
  return [{ label: labelOf(sae, saes), kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function labelOf(sae: SaePlace, saes: readonly SaeFacts[]): string {
  return oneLine(saeLabels(saes).get(sae) ?? sae);
}
