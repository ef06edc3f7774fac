// “Add Model…”: which model, which of its variants, the download, and whether it is used now.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { runCommand } from '../../host/commands/commands.ts';
import { modelChoices, typedModelChoice } from '../../host/hub/choices.ts';
import type { WantedModel } from '../../host/hub/choices.ts';
import { download, showDownloadFailure, useTitle } from '../../host/hub/downloadProgress.ts';
import { addedSentence } from '../../host/hub/downloadText.ts';
import { variantChoices } from '../../host/hub/offers.ts';
import { pickChoice } from '../../host/hub/pickChoice.ts';
import { fetchInto, knownOf, offered } from '../../host/hub/questions.ts';
import { readModelRequest } from '../../host/hub/requests.ts';
import type { Services } from '../../host/services.ts';
import { t } from '../../shared/l10n.ts';
import type { AddedDownload } from '../../shared/hubProtocol.ts';

/**
 * @param argument `{repo, variant?, use?, cancellation?}`; anything else asks. `use: true` opens the model, `false` does
 * not, without it this is asked when the download is over.
 * @returns what was downloaded; `undefined` when it was not
 */
export async function addModel(
  services: Services,
  argument?: unknown,
): Promise<AddedDownload | undefined> {
  const given = readModelRequest(argument);
  if (given !== undefined) return bring(services, given);
  const wanted = await askForModel(services);
  return wanted && choose(services, wanted);
}

/** A variant, where none is named, and on. */
async function choose(services: Services, wanted: WantedModel): Promise<AddedDownload | undefined> {
  const chosen = wanted.variant === undefined ? await askForVariant(services, wanted) : wanted;
  return chosen && bring(services, chosen);
}

async function bring(services: Services, wanted: WantedModel): Promise<AddedDownload | undefined> {
  const added = await fetchModel(services, wanted);
  if (added === undefined) return undefined;
  if (wanted.use === true) await useModel(added);
  else if (wanted.use === undefined) void offerUse(added);
  return added;
}

async function askForModel(services: Services): Promise<WantedModel | undefined> {
  const { host } = services.hub;
  return pickChoice<WantedModel>({
    title: pickerTitle('addModel'),
    waiting: t('Looking for downloads…'),
    placeholder: t('Choose a model, or type owner/name of any on {0}', host),
    choices: async () => modelChoices(await knownOf(services)),
    typed: (text) => typedModelChoice(text, host),
  });
}

/** @returns undefined when nothing is chosen, or the hub has refused, which is shown */
async function askForVariant(
  services: Services,
  wanted: WantedModel,
): Promise<WantedModel | undefined> {
  const { engine, hub } = services;
  const { repo } = wanted;
  try {
    return await pickChoice<WantedModel>({
      title: pickerTitle('addModel'),
      waiting: t('Asking {0} what {1} has…', hub.host, repo),
      placeholder: t('{0} has several variants of the model; type to filter', repo),
      takesOnly: true,
      choices: (signal) =>
        offered(services, wanted, async (place) => {
          const offer = await engine.call('modelOffer', { hub: place, repo }, { signal });
          return variantChoices(offer, wanted);
        }),
    });
  } catch (error) {
    void showDownloadFailure(services, { repo, again: () => choose(services, wanted) }, error);
    return undefined;
  }
}

async function fetchModel(
  services: Services,
  request: WantedModel,
): Promise<AddedDownload | undefined> {
  const { cancellation, ...rest } = request;
  const { repo, variant, isDownloaded = false } = rest;
  return download(services, {
    repo,
    what: [repo, variant].filter((part) => part !== undefined).join(', '),
    cancellation,
    again: () => bring(services, rest),
    run: (options) =>
      fetchInto(services, isDownloaded, (hub) => {
        const params = { hub, repo, ...(variant !== undefined && { variant }) };
        return services.engine.call('addModel', params, options);
      }),
  });
}

/** Opens it as a folder of the user's own: it is looked into, and SAEs of another model are given up. */
async function useModel({ place, variant }: AddedDownload): Promise<void> {
  await runCommand('openModelFolder', vscode.Uri.file(place), variant);
}

async function offerUse(added: AddedDownload): Promise<void> {
  const use = useTitle();
  const chosen = await vscode.window.showInformationMessage(addedSentence(added), use);
  if (chosen === use) await useModel(added);
}
