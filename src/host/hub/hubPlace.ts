// Where the hub is and where its downloads are kept, by the settings and by the environment variables of Hugging Face's
// own tools, which the command line goes by as well: both share what was downloaded. Without VS Code.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { commandTitle } from '../commands/commandTitle.ts';

export interface HubSettings {
  /** Empty: HF_ENDPOINT, else {@link standardEndpoint}. */
  readonly endpoint: string;
  /** Absolute or from the home folder; empty: the folder `monosem` of HF_HOME, else of `~/.cache/huggingface`. */
  readonly cacheFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export const standardEndpoint = 'https://huggingface.co';

/** @throws MonosemError `badArgument` for what is no web address, or one that carries a password */
export function endpointOf({ endpoint, environment }: HubSettings): string {
  return checked(endpoint, 'monosem.hub.endpoint') ?? environmentEndpoint(environment);
}

/** The hub that tokens of the environment are for. */
export function environmentEndpoint(environment: HubSettings['environment']): string {
  return checked(environment['HF_ENDPOINT'], 'HF_ENDPOINT') ?? standardEndpoint;
}

function checked(text: string | undefined, name: string): string | undefined {
  const address = given(text)?.replace(/\/+$/, '');
  if (address === undefined) return undefined;
  const url = URL.parse(address);
  const isPlain = url !== null && /^https?:$/.test(url.protocol);
  if (isPlain && url.username === '' && url.password === '' && url.search === '' && url.hash === '')
    return address;
  // The address may hold a password and is not repeated.
  throw new MonosemError(
    'badArgument',
    t(
      '{0} is not the address of a hub; write one such as {1}, without a password, and leave the token to “{2}”.',
      name,
      standardEndpoint,
      commandTitle('setHubToken'),
    ),
  );
}

/** Absolute. */
export function cacheOf({ cacheFolder, environment }: HubSettings): string {
  const folder = given(cacheFolder);
  if (folder === undefined) return resolve(hubHome(environment), 'monosem');
  const rest = /^~(?:[\\/](.*))?$/.exec(folder);
  return rest === null ? resolve(homedir(), folder) : join(homedir(), rest[1] ?? '');
}

/** The folder of Hugging Face's tools. */
export function hubHome(environment: HubSettings['environment']): string {
  return resolve(given(environment['HF_HOME']) ?? join(homedir(), '.cache', 'huggingface'));
}

/** @returns undefined for what is empty */
export function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}
