// What can be done with the models and SAEs of the list. Arguments are entries of the list; links and other extensions may
// name an SAE by its place.
import * as vscode from 'vscode';
import { commandTitle } from '../../host/commands/commandTitle.ts';
import { chooseActiveSaes, chosenSaes } from '../../host/source/activeSaes.ts';
import { runCommand } from '../../host/commands/commands.ts';
import { quoted } from '../../host/display/quoted.ts';
import { nameOfSae } from '../../host/display/saeName.ts';
import { readSaeArgument } from '../../host/commands/saeArgument.ts';
import type { Services } from '../../host/services.ts';
import { writeSetting } from '../../host/settings.ts';
import { embeddedModel, standardSaes } from '../../host/source/source.ts';
import { readFileArgument } from '../../host/trees/fileArgument.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { blockOfNeurons, siteOfNeurons } from '../../shared/saePlace.ts';

/** Neurons become active with the view that shows them. */
export async function useSae(services: Services, argument: unknown): Promise<void> {
  const sae = saeOf(argument);
  const block = blockOfNeurons(siteOfNeurons(sae) ?? '');
  if (block !== undefined) {
    await runCommand('changeView', { kind: 'neurons', block });
    return;
  }
  const active = await chosenSaes(services);
  if (!active.includes(sae)) await chooseActiveSaes(services, [...active, sae]);
}

export async function leaveOutSae(services: Services, argument: unknown): Promise<void> {
  const sae = saeOf(argument);
  const active = await chosenSaes(services);
  const others = active.filter((each) => each !== sae);
  if (others.length === active.length) return;
  if (others.length > 0) {
    await chooseActiveSaes(services, others);
    return;
  }
  // None chosen means the one that comes with the model.
  const standard = await standardSaes(services.sourceSettings());
  if (standard.includes(sae)) void offerToHide(sae);
  else await chooseActiveSaes(services, []);
}

async function offerToHide(sae: string): Promise<void> {
  const hide = commandTitle('toggleFeatures');
  const chosen = await vscode.window.showInformationMessage(
    t(
      '{0} is the only active sparse autoencoder; use another one first, or hide the features.',
      quoted(nameOfSae(sae)),
    ),
    hide,
  );
  if (chosen === hide) await runCommand('toggleFeatures');
}

export async function openListedModel(services: Services, argument: unknown): Promise<void> {
  const { folder, variant } = readFileArgument(argument);
  if (folder === undefined) throw nothingListed();
  // What comes with the extension moves with every update: it is the one that is not written down.
  if (folder === embeddedModel(services.sourceSettings())) await useEmbedded();
  else await runCommand('openModelFolder', vscode.Uri.file(folder), variant);
}

async function useEmbedded(): Promise<void> {
  await writeSetting('modelVariant', '');
  await writeSetting('saes', []);
  await writeSetting('model', '');
}

export async function removeListedDownload(argument: unknown): Promise<void> {
  const { download, folder } = readFileArgument(argument);
  if (download === undefined) throw nothingListed();
  const remove = t('Delete');
  const chosen = await vscode.window.showWarningMessage(
    t('Delete the download {0}?', quoted(download)),
    { modal: true, detail: t('{0} is deleted. It can be downloaded again.', folder ?? download) },
    remove,
  );
  if (chosen === remove) await runCommand('removeDownload', download);
}

export async function revealFolder(argument: unknown): Promise<void> {
  const { folder } = readFileArgument(argument);
  if (folder === undefined) throw nothingListed();
  await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
}

function saeOf(argument: unknown): string {
  const sae = readSaeArgument(argument);
  if (sae === undefined) throw nothingListed();
  return sae;
}

function nothingListed(): MonosemError {
  return new MonosemError(
    'badArgument',
    t('This is nothing that “Models and SAEs” lists; choose it there.'),
  );
}
