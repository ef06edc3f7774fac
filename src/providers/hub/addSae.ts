// “Add SAE…”: which repository, which of its SAEs, the download, and whether it is used now, beside the active ones or
// instead of them.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { runCommand } from '../../host/commands/commands.ts';
import { knownModelIn, missingModel, saeChoices, typedChoice } from '../../host/hub/choices.ts';
import type { WantedSae } from '../../host/hub/choices.ts';
import { download, showDownloadFailure, useTitle } from '../../host/hub/downloadProgress.ts';
import { addedSentence } from '../../host/hub/downloadText.ts';
import { saeOfferChoices } from '../../host/hub/offers.ts';
import { pickChoice } from '../../host/hub/pickChoice.ts';
import { fetchInto, knownOf, offered } from '../../host/hub/questions.ts';
import { readSaeRequest } from '../../host/hub/requests.ts';
import type { SaeUse } from '../../host/hub/requests.ts';
import type { Services } from '../../host/services.ts';
import { writeSetting } from '../../host/settings.ts';
import { t } from '../../shared/l10n.ts';
import type { AddedDownload } from '../../shared/hubProtocol.ts';

/**
 * @param argument `{repo, path?, model?, use?, cancellation?}`; anything else asks. `use: 'add'` puts it beside the
 * active SAEs, `'replace'` instead of them, `true` asks which where there are any, `false` leaves it; without it all of
 * this is asked when the download is over.
 * @returns what was downloaded; `undefined` when it was not
 */
export async function addSae(
  services: Services,
  argument?: unknown,
): Promise<AddedDownload | undefined> {
  const given = readSaeRequest(argument);
  if (given !== undefined) return bring(services, given);
  const wanted = await askForSae(services);
  return wanted && choose(services, wanted);
}

/** One SAE, where several may be meant, and on. */
async function choose(services: Services, wanted: WantedSae): Promise<AddedDownload | undefined> {
  const chosen = wanted.isExact === true ? wanted : await askForPath(services, wanted);
  return chosen && bring(services, chosen);
}

async function bring(services: Services, wanted: WantedSae): Promise<AddedDownload | undefined> {
  const added = await fetchSae(services, wanted);
  if (added === undefined) return undefined;
  if (wanted.use === undefined) void offerUse(services, added);
  else if (wanted.use !== false) await useSae(services, added, wanted.use);
  return added;
}

async function askForSae(services: Services): Promise<WantedSae | undefined> {
  const { host } = services.hub;
  return pickChoice<WantedSae>({
    title: pickerTitle('addSae'),
    waiting: t('Looking for downloads…'),
    placeholder: t('Choose an SAE, or type owner/name of any repository on {0}', host),
    choices: async () => {
      const known = await knownOf(services);
      return saeChoices(known, knownModelIn(services.model.choice.model, known));
    },
    typed: (text) => typedChoice(text, host),
  });
}

/** @returns undefined when nothing is chosen, or the hub has refused, which is shown */
async function askForPath(services: Services, wanted: WantedSae): Promise<WantedSae | undefined> {
  const { engine, hub } = services;
  const { repo } = wanted;
  try {
    return await pickChoice<WantedSae>({
      title: pickerTitle('addSae'),
      waiting: t('Asking {0} what {1} has…', hub.host, repo),
      placeholder: t('{0} has several SAEs; type to filter, e.g. a block or a width', repo),
      takesOnly: true,
      choices: (signal) =>
        offered(services, wanted, async (place) => {
          const offer = await engine.call('saeOffer', { hub: place, repo }, { signal });
          return saeOfferChoices(offer, wanted);
        }),
    });
  } catch (error) {
    void showDownloadFailure(services, { repo, again: () => choose(services, wanted) }, error);
    return undefined;
  }
}

async function fetchSae(
  services: Services,
  { cancellation, ...request }: WantedSae,
): Promise<AddedDownload | undefined> {
  const { repo, path, model, isDownloaded = false } = request;
  return download(services, {
    repo,
    what: [repo, path].filter((part) => part !== undefined && part !== '').join(', '),
    cancellation,
    again: () => bring(services, request),
    run: (options) => {
      const params = {
        repo,
        ...(path !== undefined && { path }),
        ...(model !== undefined && { model }),
      };
      return fetchInto(services, isDownloaded, (hub) =>
        services.engine.call('addSae', { ...params, hub }, options),
      );
    },
  });
}

async function offerUse(services: Services, added: AddedDownload): Promise<void> {
  const other = missingModel(added, services.model.choice.model, await knownOf(services));
  const sentence = addedSentence(added, other);
  const alone = useTitle();
  if (other?.onnx === undefined) {
    const chosen = await vscode.window.showInformationMessage(sentence, alone);
    if (chosen === alone) await useSae(services, added, true);
    return;
  }
  const both = t('Add and Use {0}', other.name);
  const chosen = await vscode.window.showInformationMessage(sentence, both, alone);
  if (chosen === alone) await useSae(services, added, true);
  if (chosen !== both) return;
  const model = await runCommand('addModel', { repo: other.onnx, use: true });
  if (model !== undefined) await useSae(services, added, 'replace');
}

/** Writes it to the settings. */
async function useSae(
  { log, model }: Services,
  { place }: AddedDownload,
  use: SaeUse | true,
): Promise<void> {
  const active = (await model.findSaes()).filter((sae) => sae !== place);
  const how = use === true ? await askHow(active.length) : use;
  if (how === undefined) return;
  log.info(`SAE ${how === 'add' ? 'added' : 'used alone'}: ${place}`);
  await writeSetting('saes', how === 'add' ? [...active, place] : [place]);
}

/** An SAE beside others reads the same run of the model; which of them are wanted is asked only where there are any. */
async function askHow(active: number): Promise<SaeUse | undefined> {
  if (active === 0) return 'replace';
  const isOne = active === 1;
  const add = isOne
    ? t('Use it beside the active one')
    : t('Use it beside the {0} active ones', active);
  const replace = isOne
    ? t('Use it instead of the active one')
    : t('Use it instead of the {0} active ones', active);
  const items = [
    { label: `$(add) ${add}`, use: 'add' },
    { label: `$(replace) ${replace}`, use: 'replace' },
  ] as const;
  return (await vscode.window.showQuickPick(items, { title: pickerTitle('addSae') }))?.use;
}
