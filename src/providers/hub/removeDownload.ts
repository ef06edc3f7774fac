// “Remove Download…”: what was downloaded, with its size; asks once, then deletes it.
import * as vscode from 'vscode';
import { runCommand } from '../../host/commands.ts';
import { sizeText } from '../../host/display/size.ts';
import { removalChoices } from '../../host/hub/offers.ts';
import { pickChoice } from '../../host/hub/pickChoice.ts';
import type { Services } from '../../host/services.ts';
import { commands } from '../../shared/contributions.ts';
import type { Download } from '../../shared/hubProtocol.ts';

const { title } = commands.removeDownload;

/**
 * @param argument the name of a download; anything else asks which one is meant, and whether it is
 * @returns whether something was removed
 */
export async function removeDownload(services: Services, argument?: unknown): Promise<boolean> {
  const { engine, hub, log } = services;
  const id = typeof argument === 'string' ? argument : await askFor(services);
  if (id === undefined) return false;
  const { place, bytes } = await engine.call('removeDownload', { hub: await hub.place(), id });
  log.info(`Removed: ${place}`);
  void vscode.window.showInformationMessage(`${id} is removed (${sizeText(bytes)}).`);
  return true;
}

async function askFor(services: Services): Promise<string | undefined> {
  const { engine, hub, model } = services;
  const downloads = await engine.call('listDownloads', { hub: await hub.place() });
  if (downloads.length === 0) {
    void offerToAdd((await hub.place()).cache);
    return undefined;
  }
  const inUse = [model.choice.model, ...(await model.findSaes())];
  const total = downloads.reduce((sum, { bytes }) => sum + bytes, 0);
  const chosen = await pickChoice({
    title,
    placeholder: `${downloads.length} downloads, ${sizeText(total)}: which one is to be deleted?`,
    waiting: 'Looking for downloads…',
    choices: () => Promise.resolve(removalChoices(downloads, inUse)),
  });
  const download = downloads.find(({ id }) => id === chosen?.id);
  return download !== undefined && (await isMeant(download, inUse)) ? download.id : undefined;
}

async function isMeant({ id, place, bytes }: Download, inUse: readonly string[]): Promise<boolean> {
  const remove = 'Delete';
  const detail = inUse.includes(place)
    ? 'It is in use: choose another model or SAE afterwards. It can be downloaded again.'
    : 'It can be downloaded again.';
  const chosen = await vscode.window.showWarningMessage(
    `Delete ${id} (${sizeText(bytes)}) from ${place}?`,
    { modal: true, detail },
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
