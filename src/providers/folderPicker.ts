// Chooses the folder of a model and which of its .onnx files is meant, and writes them to the settings. The engine looks
// into a folder before anything is written.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { pickerTitle } from '../host/commands/commandTitle.ts';
import { variantItems } from '../host/display/variantText.ts';
import { offerCommands } from '../host/commands/offerCommands.ts';
import type { Services } from '../host/services.ts';
import { readSetting, writeSetting } from '../host/settings.ts';
import type { ModelVariant } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { t } from '../shared/l10n.ts';
import { browseFolders, folderOf } from '../host/folders.ts';

interface FolderItem extends vscode.QuickPickItem {
  /** What is chosen; `undefined` asks for a folder. */
  readonly folder: string | undefined;
}

/**
 * @param folder a `Uri`, e.g. from another extension; anything else asks for one
 * @param variant path of an .onnx file inside the folder; anything else asks where there are several
 */
export async function openModelFolder(
  services: Services,
  folder?: unknown,
  variant?: unknown,
): Promise<void> {
  const present = services.model.choice.model;
  const chosen = folderOf(folder) ?? (await askForFolder(otherVariant(present)));
  if (chosen === undefined) return;
  if (chosen === '') {
    await useModel(services, '', '');
    return;
  }
  const variants = await lookInto(services, chosen);
  const value = await chooseVariant(variants, chosen === present, variant);
  if (value === undefined) return;
  await useModel(services, chosen, value);
  if ((await services.model.findSaes()).length === 0) void offerSae(basename(chosen));
}

function otherVariant(present: string): readonly FolderItem[] {
  const label = `$(versions) ${t('Choose another variant of {0}', basename(present))}`;
  return [{ label, folder: present }];
}

/** @returns the folder, empty for the one of the extension, or `undefined` when nothing is chosen */
async function askForFolder(more: readonly FolderItem[]): Promise<string | undefined> {
  const title = pickerTitle('openModelFolder');
  const browse = async (): Promise<string | undefined> => (await browseFolders(title))[0];
  const current = readSetting('model');
  if (current === '') return browse();
  const detail = t('It holds config.json, tokenizer.json and one or more .onnx files.');
  const items: readonly FolderItem[] = [
    { label: `$(folder-opened) ${t('Browse…')}`, detail, folder: undefined },
    ...more,
    { label: `$(discard) ${t('Use the model that comes with Monosem')}`, folder: '' },
  ];
  const placeHolder = t('Now: {0}', current);
  const item = await vscode.window.showQuickPick(items, { title, placeHolder });
  return item === undefined || item.folder !== undefined ? item?.folder : browse();
}

async function lookInto({ engine }: Services, folder: string): Promise<readonly ModelVariant[]> {
  const progress = {
    location: vscode.ProgressLocation.Window,
    title: t('Monosem: looking into {0}', basename(folder)),
  };
  const variants = await vscode.window.withProgress(progress, async () =>
    engine.call('variants', { model: folder }),
  );
  if (variants.length > 0) return variants;
  throw new MonosemError(
    'unsupportedModel',
    t(
      '{0} holds no .onnx file of a decoder; open a folder as model hubs have it, with config.json and onnx/model.onnx.',
      folder,
    ),
  );
}

/** @returns the value for the setting, or `undefined` when nothing is chosen */
async function chooseVariant(
  variants: readonly ModelVariant[],
  isPresentModel: boolean,
  wanted: unknown,
): Promise<string | undefined> {
  const items = variantItems(variants, isPresentModel ? readSetting('modelVariant') : undefined);
  if (typeof wanted === 'string') {
    const found = variants.findIndex(({ variant }) => variant === wanted);
    if (found >= 0) return items[found]?.value;
    const names = variants.map(({ variant }) => variant).join(', ');
    throw new MonosemError(
      'badArgument',
      t('There is no {0} in the folder; choose one of {1}.', wanted, names),
    );
  }
  if (items.length < 2) return '';
  const chosen = await vscode.window.showQuickPick(items, {
    title: pickerTitle('openModelFolder'),
    placeHolder: t('The folder has several variants of the model'),
  });
  return chosen?.value;
}

/** An SAE reads the model it was trained on: with another model the choice of SAEs is undone. */
async function useModel({ log, model }: Services, folder: string, variant: string): Promise<void> {
  log.info(
    `Model folder: ${folder === '' ? 'that of the extension' : folder} ${variant}`.trimEnd(),
  );
  const isOther = folder === '' ? readSetting('model') !== '' : folder !== model.choice.model;
  if (isOther) {
    await writeSetting('modelVariant', '');
    await writeSetting('saes', []);
    await writeSetting('model', folder);
  }
  await writeSetting('modelVariant', variant);
}

async function offerSae(name: string): Promise<void> {
  const message = t(
    '{0} has no sparse autoencoder beside it; choose one that was trained on it to see features.',
    name,
  );
  await offerCommands(['chooseSaes', 'addSae'], (...titles) =>
    vscode.window.showInformationMessage(message, ...titles),
  );
}
