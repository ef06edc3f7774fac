// Which model and SAE are looked through, by the settings: the folders named there or the ones that come with the
// extension, and what else is said about how the model is to be run. It only finds folders; whether they hold what
// they should is the engine's to say.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { defaultModelFolder, defaultSaeFolder } from '../shared/defaults.ts';
import type { ModelChoice, ProviderSetting } from '../shared/engineProtocol.ts';

export interface SourceSettings {
  /** Folders as written: absolute, from the home folder (`~/…`), or from the workspace folder; empty = default. */
  readonly model: string;
  readonly sae: string;
  readonly modelVariant: string;
  readonly executionProvider: ProviderSetting;
  readonly deviceId: number;
  readonly extensionFolder: string;
  readonly workspaceFolder?: string | undefined;
  /** Names of the folders inside a folder; empty if there is no such folder. */
  readonly listFolders: (folder: string) => Promise<readonly string[]>;
}

/** What is left at its default is left out, so that equal choices look equal. */
export function modelChoice(settings: SourceSettings): ModelChoice {
  const { model, modelVariant, executionProvider, deviceId } = settings;
  return {
    model:
      model === ''
        ? join(settings.extensionFolder, defaultModelFolder)
        : absolute(model, settings.workspaceFolder),
    ...(modelVariant !== '' && { variant: modelVariant.replaceAll('\\', '/') }),
    ...(executionProvider !== 'auto' && { provider: executionProvider }),
    ...(deviceId !== 0 && { deviceId }),
  };
}

/** Folder of the SAE; `undefined` when a model of the user's own comes without one and none is chosen. */
export async function saeFolder(settings: SourceSettings): Promise<string | undefined> {
  if (settings.sae !== '') return absolute(settings.sae, settings.workspaceFolder);
  if (settings.model === '') return join(settings.extensionFolder, defaultSaeFolder);
  const beside = join(modelChoice(settings).model, 'saes');
  const [first] = [...(await settings.listFolders(beside))].sort();
  return first === undefined ? undefined : join(beside, first);
}

function absolute(folder: string, workspaceFolder: string | undefined): string {
  if (folder === '~' || folder.startsWith('~/') || folder.startsWith('~\\')) {
    return join(homedir(), folder.slice(1));
  }
  return isAbsolute(folder) ? resolve(folder) : resolve(workspaceFolder ?? homedir(), folder);
}
