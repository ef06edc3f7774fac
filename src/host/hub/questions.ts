// What the commands that download ask of the engine before there is anything to download: what is known, and what a
// repository offers. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import type { HubPlace } from '../../shared/hubProtocol.ts';
import type { Services } from '../services.ts';
import type { Choice, Known } from './choices.ts';

/** The part of the services that says where the hub is. */
interface Asking {
  readonly hub: { readonly place: () => Promise<HubPlace> };
}

export async function knownOf({ engine, hub }: Services): Promise<Known> {
  const [catalogue, downloads] = await Promise.all([
    engine.call('catalogue', {}),
    engine.call('listDownloads', { hub: await hub.place() }),
  ]);
  return { catalogue, downloads };
}

/**
 * What a repository offers, for a list.
 * @param anyway what is wanted where the hub does not answer, so that only the cache can help
 */
export async function offered<Wanted>(
  { hub }: Asking,
  anyway: Wanted,
  ask: (place: HubPlace) => Promise<readonly Choice<Wanted>[]>,
): Promise<readonly Choice<Wanted>[]> {
  const alone = [{ section: '', label: '', description: '', wanted: anyway }];
  try {
    const choices = await ask(await hub.place());
    // Where there is nothing to choose, the download says why.
    return choices.length > 0 ? choices : alone;
  } catch (error) {
    if (!MonosemError.is(error, 'hubUnreachable')) throw error;
    return alone;
  }
}

/**
 * Fetches into the cache; what is known to be there is taken without asking the hub, unless files of it are gone.
 * @param isDownloaded a record says that it is there
 */
export async function fetchInto<Result>(
  { hub }: Asking,
  isDownloaded: boolean,
  ask: (place: HubPlace) => Promise<Result>,
): Promise<Result> {
  const place = await hub.place();
  if (isDownloaded) {
    try {
      return await ask({ ...place, offline: true });
    } catch (error) {
      if (!MonosemError.is(error, 'hubUnreachable')) throw error;
    }
  }
  return ask(place);
}
