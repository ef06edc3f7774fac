// “Remove Download…”: what was downloaded, with its size; asks once, then deletes it.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { sizeText } from '../../host/display/size.ts';
import { removalChoices } from '../../host/hub/offers.ts';
import { pickChoice } from '../../host/hub/pickChoice.ts';
import { offerCommands } from '../../host/commands/offerCommands.ts';
import type { Services } from '../../host/services.ts';
import { writeSetting } from '../../host/settings.ts';
import { t } from '../../shared/l10n.ts';
import type { Download } from '../../shared/hubProtocol.ts';

/**
 * @param argument the name of a download; anything else asks which one is meant, and whether it is
 * @returns whether something was removed
 */
export async function removeDownload(services: Services, argument?: unknown): Promise<boolean> {
  const { engine, hub, log } = services;
  const place = await hub.place();
  const downloads = await engine.call('listDownloads', { hub: place });
  const id = typeof argument === 'string' ? argument : await askFor(services, downloads);
  if (id === undefined) return false;
  const found = downloads.find((download) => download.id === id);
  if (found !== undefined) await letGo(services, found);
  const removed = await engine.call('removeDownload', { hub: place, id });
  log.info(`Removed: ${removed.place}`);
  void vscode.window.showInformationMessage(
    t('{0} is removed ({1}).', id, sizeText(removed.bytes)),
  );
  return true;
}

/** What is deleted is no longer looked through. */
async function letGo({ model }: Services, { kind, place }: Download): Promise<void> {
  if (kind === 'sae') {
    const saes = await model.findSaes();
    if (saes.includes(place)) {
      await writeSetting(
        'saes',
        saes.filter((sae) => sae !== place),
      );
    }
  } else if (model.choice.model === place) {
    await writeSetting('modelVariant', '');
    await writeSetting('saes', []);
    await writeSetting('model', '');
  }
}

async function askFor(
  services: Services,
  downloads: readonly Download[],
): Promise<string | undefined> {
  const { hub, model } = services;
  if (downloads.length === 0) {
    void offerToAdd((await hub.place()).cache);
    return undefined;
  }
  const inUse = [model.choice.model, ...(await model.findSaes())];
  const total = downloads.reduce((sum, { bytes }) => sum + bytes, 0);
  const chosen = await pickChoice({
    title: pickerTitle('removeDownload'),
    waiting: t('Looking for downloads…'),
    placeholder: t('Choose what to delete; the downloads take {0}', sizeText(total)),
    choices: () => Promise.resolve(removalChoices(downloads, inUse)),
  });
  const download = downloads.find(({ id }) => id === chosen?.id);
  return download !== undefined && (await isMeant(download, inUse)) ? download.id : undefined;
}

async function isMeant(
  { id, kind, place, bytes }: Download,
  inUse: readonly string[],
): Promise<boolean> {
  const remove = t('Delete');
  const chosen = await vscode.window.showWarningMessage(
    t('Delete {0} ({1}) from {2}?', id, sizeText(bytes), place),
    { modal: true, detail: consequence(kind, inUse.includes(place)) },
    remove,
  );
  return chosen === remove;
}

function consequence(kind: Download['kind'], isInUse: boolean): string {
  const again = t('It can be downloaded again.');
  if (!isInUse) return again;
  const instead =
    kind === 'model'
      ? t('It is in use; the model that comes with Monosem is opened instead.')
      : t('It is in use, and will be active no longer.');
  return `${instead} ${again}`;
}

async function offerToAdd(cache: string): Promise<void> {
  await offerCommands(['addModel', 'addSae'], (...titles) =>
    vscode.window.showInformationMessage(t('Nothing was downloaded into {0}.', cache), ...titles),
  );
}
