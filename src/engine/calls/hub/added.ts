// What is remembered of a download, and what stands in for one while the hub cannot be reached.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { exists } from '../../files/files.ts';
import type { RepoFile, RepoListing, RepoRevision } from '../../hub/listing.ts';
import { findRecord, listRecords, writeRecord, type Added } from '../../hub/records.ts';
import type { HubAccess } from '../../hub/request.ts';

export interface AddResult {
  readonly added: Added;
  /** Absolute: the model's folder; the SAE's folder or file. */
  readonly place: string;
  /** The hub could not be reached and the copy in the cache was taken. */
  readonly isOffline: boolean;
}

/** Names of repositories in the cache, without characters that file systems treat apart. */
export function repoName({ repo, revision }: RepoRevision): string {
  return revision === 'main' ? repo : `${repo}@${encodeURIComponent(revision)}`;
}

/** Writes down what was downloaded, beside what an earlier download of the same brought. */
export async function recorded(
  { cache }: HubAccess,
  about: Pick<Added, 'id' | 'kind' | 'place' | 'variant' | 'model'>,
  { repo, commit }: RepoListing,
  files: readonly RepoFile[],
): Promise<Added> {
  const base = about.kind === 'model' ? about.place : `saes/${about.id.split('/', 2).join('/')}`;
  const earlier = await findRecord(cache, about.id);
  const names = new Set(files.map((file) => `${base}/${file.path}`));
  for (const name of earlier?.files ?? []) names.add(name);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const added: Added = { ...about, repo, commit, files: [...names], bytes };
  await writeRecord(cache, added);
  return added;
}

/** Without the hub, what is complete in the cache is good enough. */
export async function orFromCache(
  { cache }: HubAccess,
  id: string,
  fetchIt: () => Promise<Added>,
): Promise<AddResult> {
  const result = (added: Added, isOffline: boolean): AddResult => ({
    added,
    place: path.join(cache, added.place),
    isOffline,
  });
  try {
    return result(await fetchIt(), false);
  } catch (error) {
    if (!MonosemError.is(error, 'hubUnreachable')) throw error;
    const added = (await findRecord(cache, id)) ?? (await onlySaeBelow(cache, id));
    if (added === undefined || !(await exists(path.join(cache, added.place)))) throw error;
    return result(added, true);
  }
}

/**
 * The SAE in the cache that a repository or a folder of it stands for.
 * @throws MonosemError `badArgument` when there are several
 */
async function onlySaeBelow(cache: string, id: string): Promise<Added | undefined> {
  const names = (await listRecords(cache))
    .filter((added) => added.kind === 'sae' && added.id.startsWith(`${id}/`))
    .map((added) => added.id);
  const found = await Promise.all(names.map((name) => findRecord(cache, name)));
  const complete = found.filter((added) => added !== undefined);
  if (complete.length < 2) return complete[0];
  const [owner = '', name = ''] = id.split('/');
  const paths = complete.map((added) => added.id.slice(`${owner}/${name}/`.length));
  throw new MonosemError(
    'badArgument',
    `The hub cannot be reached, and the cache has ${paths.length} SAEs of ${id}; name one with --path: ${paths.join(', ')}.`,
  );
}
