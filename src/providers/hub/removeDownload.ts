// “Remove Download…”: what was downloaded, with its size; asks once, then deletes it.
import * as vscode from 'vscode';
import { runCommand } from '../../host/commands.ts';
import { sizeText } from '../../host/display/size.ts';
import { removalChoices } from '../../host/hub/offers.ts';
import { pickChoice } from '../../host/hub/pickChoice.ts';
import type { Services } from '../../host/services.ts';
import { writeSetting } from '../../host/settings.ts';
import { commands } from '../../shared/contributions.ts';
import type { Download } from '../../shared/hubProtocol.ts';

const { title } = commands.removeDownload;

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
  void vscode.window.showInformationMessage(`${id} is removed (${sizeText(removed.bytes)}).`);
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
    title,
    waiting: 'Looking for downloads…',
    placeholder: `${downloads.length} downloads, ${sizeText(total)}: which one is to be deleted?`,
    choices: () => Promise.resolve(removalChoices(downloads, inUse)),
  });
  const download = downloads.find(({ id }) => id === chosen?.id);
  return download !== undefined && (await isMeant(download, inUse)) ? download.id : undefined;
}

async function isMeant(
  { id, kind, place, bytes }: Download,
  inUse: readonly string[],
): Promise<boolean> {
  const remove = 'Delete';
  const without =
    kind === 'model' ? 'the model that comes with Monosem is opened' : 'it is active no longer';
  const chosen = await vscode.window.showWarningMessage(
    `Delete ${id} (${sizeText(bytes)}) from ${place}?`,
    {
      modal: true,
      detail: `${inUse.includes(place) ? `It is in use; ${without}. ` : ''}It can be downloaded again.`,
    },
    remove,
  );
  return chosen === remove;
}

async function offerToAdd(cache: string): Promise<void> {
  const names = ['addModel', 'addSae'] as const;
  const chosen = await vscode.window.showInformationMessage(
    `Nothing was downloaded into ${cache}.`,
    ...names.map((name) => commands[name].title),
  );
  const name = names.find((other) => commands[other].title === chosen);
  if (name !== undefined) await runCommand(name);
}
