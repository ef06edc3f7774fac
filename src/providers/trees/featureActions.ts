// What can be done with a feature from any list: pin it, hide it, see it in the text, share it.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { commandTitle } from '../../host/commands/commandTitle.ts';
import { mostPinned } from '../../host/collection/featureCollection.ts';
import { featureName } from '../../host/display/features/featureFilter.ts';
import { quoted } from '../../host/display/quoted.ts';
import { featureArgument } from '../../host/commands/featureArgument.ts';
import { featureLink } from '../../host/links/link.ts';
import { nameInLink } from '../../host/links/linkedSae.ts';
import type { Services } from '../../host/services.ts';
import { readSetting, writeSetting } from '../../host/settings.ts';
import { readFeatureRef } from '../../host/views/viewMessages.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { t } from '../../shared/l10n.ts';

/** How long a word in the status bar stays, in milliseconds. */
const statusMs = 3000;

/** What a command was called with: a number, maybe with its SAE, or an entry of a list. */
export interface FeatureArguments {
  readonly feature: unknown;
  readonly sae: unknown;
}

/** @param ask for the feature, where the arguments name none */
export async function pinFeature(
  services: Services,
  { feature, sae }: FeatureArguments,
  ask: () => Promise<FeatureRef | undefined>,
): Promise<void> {
  const { collection, shownSae } = services;
  const ref = (await featureArgument(shownSae, feature, sae)) ?? (await ask());
  if (ref === undefined || collection.isPinned(ref)) return;
  if (collection.pinned.length >= mostPinned) {
    void vscode.window.showInformationMessage(
      t('{0} features are pinned, which is the most there can be; unpin one first.', mostPinned),
    );
    return;
  }
  await collection.pin(ref);
}

/** Also features of SAEs that are not active any more can be given up. */
export async function unpinFeature(
  { collection, shownSae }: Services,
  { feature, sae }: FeatureArguments,
): Promise<void> {
  const listed = readFeatureRef(feature) ?? readFeatureRef({ feature, sae });
  const ref = listed ?? (await featureArgument(shownSae, feature, sae));
  if (ref !== undefined) await collection.unpin(ref);
}

export async function hideFeature(
  { shownSae }: Services,
  { feature, sae }: FeatureArguments,
): Promise<void> {
  const ref = await featureArgument(shownSae, feature, sae);
  if (ref === undefined) return;
  const name = featureName(ref);
  await writeSetting('hidden', [...readSetting('hidden').filter((other) => other !== name), name]);
  void offerUndo(name);
}

async function offerUndo(name: string): Promise<void> {
  const undo = t('Undo');
  const chosen = await vscode.window.showInformationMessage(
    t('Feature {0} is neither painted nor listed any more.', quoted(name)),
    undo,
    commandTitle('openSettings'),
  );
  if (chosen === undo) {
    await writeSetting(
      'hidden',
      readSetting('hidden').filter((other) => other !== name),
    );
  } else if (chosen !== undefined) {
    await vscode.commands.executeCommand(
      'workbench.action.openSettings',
      'monosem.features.hidden',
    );
  }
}

/** The whole file by how strongly the feature is active. */
export async function showFeatureInText(
  { shownSae, view }: Services,
  { feature, sae }: FeatureArguments,
): Promise<void> {
  const ref = await featureArgument(shownSae, feature, sae);
  if (ref !== undefined) await view.choose({ kind: 'feature', feature: ref });
}

/** @returns the link */
export async function copyFeatureLink(
  { context, model, shownSae }: Services,
  { feature, sae }: FeatureArguments,
): Promise<string | undefined> {
  const ref = await featureArgument(shownSae, feature, sae);
  if (ref === undefined) return undefined;
  const named = featureLink({
    feature: ref.feature,
    sae: nameInLink(ref.sae, model.namedSaes),
    model: basename(model.choice.model),
  });
  const link = `${vscode.env.uriScheme}://${context.extension.id}${named}`;
  await vscode.env.clipboard.writeText(link);
  const shown = vscode.window.setStatusBarMessage(t('Link copied'));
  setTimeout(() => {
    shown.dispose();
  }, statusMs);
  return link;
}
