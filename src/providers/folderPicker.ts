// Chooses the folder of a model, which of its .onnx files is meant, and the folder of an SAE, and writes them to the
// settings. The engine looks into a model folder before anything is written.
import { basename, resolve } from 'node:path';
import * as vscode from 'vscode';
import { runCommand } from '../host/commands.ts';
import { variantItems } from '../host/display/variantText.ts';
import type { Services } from '../host/services.ts';
import { readSetting, writeSetting } from '../host/settings.ts';
import { commands } from '../shared/contributions.ts';
import type { ModelVariant } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';

const words = {
  model: {
    title: 'Open a Model Folder',
    detail: 'It holds config.json, tokenizer.json and one or more .onnx files.',
    standard: 'Use the model that comes with Monosem',
  },
  sae: {
    title: 'Choose a Sparse Autoencoder Folder',
    detail:
      'It holds the files of one SAE, as SAELens, Gemma Scope, sparsify and others publish them.',
    standard: 'Use the one that comes with the model',
  },
} as const;

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
  const chosen = folderOf(folder) ?? (await askForFolder('model', otherVariant(present)));
  if (chosen === undefined) return;
  if (chosen === '') {
    await useModel(services, '', '');
    return;
  }
  const variants = await lookInto(services, chosen);
  const value = await chooseVariant(variants, chosen === present, variant);
  if (value === undefined) return;
  await useModel(services, chosen, value);
  if ((await services.model.sae()) === undefined) void offerSae(basename(chosen));
}

/** @param folder as for `openModelFolder` */
export async function chooseSae({ log }: Services, folder?: unknown): Promise<void> {
  const chosen = folderOf(folder) ?? (await askForFolder('sae'));
  if (chosen === undefined) return;
  log.info(`Sparse autoencoder folder: ${chosen === '' ? 'that of the model' : chosen}`);
  await writeSetting('sae', chosen);
}

function folderOf(argument: unknown): string | undefined {
  return argument instanceof vscode.Uri ? resolve(argument.fsPath) : undefined;
}

function otherVariant(present: string): readonly FolderItem[] {
  return [{ label: `$(versions) Choose another variant of ${basename(present)}`, folder: present }];
}

/** @returns the folder, empty for the one of the extension, or `undefined` when nothing is chosen */
async function askForFolder(
  setting: 'model' | 'sae',
  more: readonly FolderItem[] = [],
): Promise<string | undefined> {
  const { title, detail, standard } = words[setting];
  const current = readSetting(setting);
  if (current === '') return browse(title);
  const items: readonly FolderItem[] = [
    { label: '$(folder-opened) Browse…', detail, folder: undefined },
    ...more,
    { label: `$(discard) ${standard}`, folder: '' },
  ];
  const placeHolder = `Now: ${current}`;
  const item = await vscode.window.showQuickPick(items, { title, placeHolder });
  return item === undefined || item.folder !== undefined ? item?.folder : browse(title);
}

async function browse(title: string): Promise<string | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Choose',
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  return chosen?.fsPath;
}

async function lookInto({ engine }: Services, folder: string): Promise<readonly ModelVariant[]> {
  const progress = {
    location: vscode.ProgressLocation.Window,
    title: `Monosem: looking into ${basename(folder)}`,
  };
  const variants = await vscode.window.withProgress(progress, async () =>
    engine.call('variants', { model: folder }),
  );
  if (variants.length > 0) return variants;
  throw new MonosemError(
    'unsupportedModel',
    `${folder} holds no .onnx file of a decoder; open a folder as model hubs have it, with config.json and onnx/model.onnx.`,
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
      `There is no ${wanted} in the folder; there is ${names}.`,
    );
  }
  if (items.length < 2) return '';
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Open a Model Folder',
    placeHolder: 'The folder has several variants of the model',
  });
  return chosen?.value;
}

/** An SAE reads the model it was trained on: with another model the choice of it is undone. */
async function useModel({ log, model }: Services, folder: string, variant: string): Promise<void> {
  log.info(
    `Model folder: ${folder === '' ? 'that of the extension' : folder} ${variant}`.trimEnd(),
  );
  const isOther = folder === '' ? readSetting('model') !== '' : folder !== model.choice.model;
  if (isOther) {
    await writeSetting('modelVariant', '');
    await writeSetting('sae', '');
    await writeSetting('model', folder);
  }
  await writeSetting('modelVariant', variant);
}

async function offerSae(name: string): Promise<void> {
  const { title } = commands.chooseSae;
  const chosen = await vscode.window.showInformationMessage(
    `${name} has no sparse autoencoder beside it; choose one that was trained on it to see features.`,
    title,
  );
  if (chosen === title) await runCommand('chooseSae');
}
