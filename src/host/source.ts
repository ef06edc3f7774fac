// Which model and SAE are looked through: the folders of the settings, or the ones that come with the extension. It
// only finds folders; whether they hold what they should is the engine's to say.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { defaultModelFolder, defaultSaeFolder } from '../shared/defaults.ts';
import type { Source } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';

export interface SourceChoice {
  /** Settings as written: absolute, from the home folder (`~/…`), or from the workspace folder; empty = default. */
  readonly model: string;
  readonly sae: string;
  readonly extensionFolder: string;
  readonly workspaceFolder?: string | undefined;
  /** Names of the folders inside a folder; empty if there is no such folder. */
  readonly listFolders: (folder: string) => Promise<readonly string[]>;
}

/** @throws MonosemError `fileMissing` when a model of the user's own comes without an SAE and none is chosen */
export async function resolveSource(choice: SourceChoice): Promise<Source> {
  const model =
    choice.model === ''
      ? join(choice.extensionFolder, defaultModelFolder)
      : absolute(choice.model, choice.workspaceFolder);
  if (choice.sae !== '') return { model, sae: absolute(choice.sae, choice.workspaceFolder) };
  if (choice.model === '') return { model, sae: join(choice.extensionFolder, defaultSaeFolder) };
  const beside = join(model, 'saes');
  const [first] = [...(await choice.listFolders(beside))].sort();
  if (first !== undefined) return { model, sae: join(beside, first) };
  throw new MonosemError(
    'fileMissing',
    `${model} has no sparse autoencoder in a folder “saes”: choose one with the setting monosem.sae, or check monosem.model.`,
  );
}

function absolute(folder: string, workspaceFolder: string | undefined): string {
  if (folder === '~' || folder.startsWith('~/') || folder.startsWith('~\\')) {
    return join(homedir(), folder.slice(1));
  }
  return isAbsolute(folder) ? resolve(folder) : resolve(workspaceFolder ?? homedir(), folder);
}
