// “Add Model…”: which model, which of its variants, the download, and whether it is used now.
import * as vscode from 'vscode';
import { runCommand } from '../../host/commands.ts';
import { modelChoices, typedModelChoice } from '../../host/hub/choices.ts';
import type { WantedModel } from '../../host/hub/choices.ts';
import { addedSentence } from '../../host/hub/downloadText.ts';
import { variantChoices } from '../../host/hub/offers.ts';
import { readModelRequest } from '../../host/hub/requests.ts';
import type { Services } from '../../host/services.ts';
import { commands } from '../../shared/contributions.ts';
import type { AddedDownload } from '../../shared/hubProtocol.ts';
import { download, useTitle } from './downloadProgress.ts';
import { pickChoice } from './hubPicker.ts';
import { fetchInto, knownOf, offerOf } from './hubQuestions.ts';

const { title } = commands.addModel;

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
    title,
    placeholder: `A model below, or owner/name of any repository on ${host} with an ONNX export`,
    choices: knownOf(services).then(modelChoices),
    typed: (text) => typedModelChoice(text, host),
  });
}

/** @returns undefined when nothing is chosen; no variant where the hub has not said which there are */
async function askForVariant(
  services: Services,
  request: WantedModel,
): Promise<WantedModel | undefined> {
  const { repo } = request;
  const offer = await offerOf(services, {
    repo,
    ask: (hub, options) => services.engine.call('modelOffer', { hub, repo }, options),
    again: () => choose(services, request),
  });
  if (offer === undefined) return undefined;
  if (offer === 'offline' || offer.variants.length < 2) return request;
  const wanted = await pickChoice({
    title,
    placeholder: `${repo} has several variants of the model; type to filter`,
    choices: Promise.resolve(variantChoices(offer)),
  });
  return wanted && { ...request, ...wanted };
}

async function fetchModel(
  services: Services,
  request: WantedModel,
): Promise<AddedDownload | undefined> {
  const { cancellation, ...rest } = request;
  const { repo, variant, isDownloaded = false } = rest;
  return download(services, {
    repo,
    what: `downloading ${[repo, variant].filter((part) => part !== undefined).join(', ')}`,
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
  const chosen = await vscode.window.showInformationMessage(addedSentence(added), useTitle);
  if (chosen === useTitle) await useModel(added);
}
