// Which model and SAEs are looked through, by the settings: the folders named there or the ones that come with the
// extension, and what else is said about how the model is to be run. It only finds folders; whether they hold what
// they should is the engine's to say.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { defaultModelFolder, defaultSaeFolder } from '../../shared/defaults.ts';
import type { ModelChoice, ProviderSetting, SaePlace } from '../../shared/engineProtocol.ts';
import { siteOfNeurons } from '../../shared/saePlace.ts';

export interface SourceSettings {
  /** Folders as written: absolute, from the home folder (`~/…`), or from the workspace folder; empty = default. */
  readonly model: string;
  readonly saes: readonly string[];
  readonly modelVariant: string;
  readonly executionProvider: ProviderSetting;
  readonly deviceId: number;
  /** Neurons that are read beside the SAEs, because the chosen view shows them. */
  readonly neurons?: SaePlace | undefined;
  readonly extensionFolder: string;
  readonly workspaceFolder?: string | undefined;
  /** Names of the folders inside a folder; empty if there is no such folder. */
  readonly listFolders: (folder: string) => Promise<readonly string[]>;
}

/** What is left at its default is left out, so that equal choices look equal. */
export function modelChoice(settings: SourceSettings): ModelChoice {
  const { model, modelVariant, executionProvider, deviceId } = settings;
  return {
    model: model === '' ? embeddedModel(settings) : absolute(model, settings.workspaceFolder),
    ...(modelVariant !== '' && { variant: modelVariant.replaceAll('\\', '/') }),
    ...(executionProvider !== 'auto' && { provider: executionProvider }),
    ...(deviceId !== 0 && { deviceId }),
  };
}

/** Folder of the model that comes with Monosem. */
export function embeddedModel({
  extensionFolder,
}: Pick<SourceSettings, 'extensionFolder'>): string {
  return join(extensionFolder, defaultModelFolder);
}

/** The active SAEs; none when a model of the user's own comes without one and none is chosen. */
export async function saePlaces(settings: SourceSettings): Promise<readonly SaePlace[]> {
  const chosen = settings.saes.map((sae) => saePlace(sae, settings.workspaceFolder));
  const saes = chosen.length > 0 ? chosen : await standardSaes(settings);
  return [...new Set(settings.neurons === undefined ? saes : [...saes, settings.neurons])];
}

/** What is active while nobody has chosen anything else: one SAE or none. */
export async function standardSaes(settings: SourceSettings): Promise<readonly SaePlace[]> {
  if (settings.model === '') return [join(settings.extensionFolder, defaultSaeFolder)];
  return (await saesBeside(settings)).slice(0, 1);
}

/** The SAEs in the model's own folder. */
export async function saesBeside(settings: SourceSettings): Promise<readonly SaePlace[]> {
  const beside = join(modelChoice(settings).model, 'saes');
  return [...(await settings.listFolders(beside))].sort().map((name) => join(beside, name));
}

/** Neurons are named as they are. */
function saePlace(written: string, workspaceFolder: string | undefined): SaePlace {
  return siteOfNeurons(written) === undefined ? absolute(written, workspaceFolder) : written;
}

function absolute(folder: string, workspaceFolder: string | undefined): string {
  if (folder === '~' || folder.startsWith('~/') || folder.startsWith('~\\')) {
    return join(homedir(), folder.slice(1));
  }
  return isAbsolute(folder) ? resolve(folder) : resolve(workspaceFolder ?? homedir(), folder);
}
