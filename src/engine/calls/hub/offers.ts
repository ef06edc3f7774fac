// What a repository of the hub offers, without downloading any of it: the façade's part that joins the hub's list of
// files with what a model folder and an SAE are. Downloads are the business of its neighbours.
import type { ModelOffer, OfferedSae, SaeOffer } from '../../../shared/hubOffers.ts';
import { listRepo, type RepoFile, type RepoRevision } from '../../hub/listing.ts';
import type { HubAccess } from '../../hub/request.ts';
import { isFileOfSae, saesAmong } from '../../hub/saeFiles.ts';
import { placeInName } from '../../hub/saeNames.ts';
import { isDataOf, missingOf } from '../../model/bundle/repoFiles.ts';
import { variantsAmong } from '../../model/bundle/variants.ts';

/**
 * The decoders of a repository with their sizes.
 * @throws MonosemError `badArgument`, `hubMissing`, `hubDenied`, `hubUnreachable`, `hubFailed`, `cancelled`
 */
export async function variantsOf(
  access: HubAccess,
  revision: RepoRevision,
  signal: AbortSignal,
): Promise<ModelOffer> {
  const { repo, commit, files } = await listRepo(access, revision, '', signal);
  const names = files.map(({ path }) => path);
  const variants = variantsAmong(names).map(({ variant, description }) => ({
    variant,
    description,
    bytes: bytesOf(files.filter(({ path }) => path === variant || isDataOf(path, variant))),
  }));
  return { repo, commit, variants, missing: missingOf(names) };
}

/**
 * The SAEs of a repository.
 * @param folder only those below it; empty for all
 * @throws MonosemError as {@link variantsOf}
 */
export async function saesOf(
  access: HubAccess,
  revision: RepoRevision,
  signal: AbortSignal,
  folder = '',
): Promise<SaeOffer> {
  const { repo, commit, files } = await listRepo(access, revision, folder, signal);
  const saes = saesAmong(files.map(({ path }) => path)).map((sae) => ({
    path: sae,
    ...placeInName(repo, sae),
    bytes: bytesOf(files.filter(({ path }) => isFileOfSae(path, sae))),
  }));
  return { repo, commit, saes: saes.sort(byLayer) };
}

function bytesOf(files: readonly RepoFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

const byName = new Intl.Collator('en', { numeric: true });

/** Those whose name tells no layer last. */
function byLayer(a: OfferedSae, b: OfferedSae): number {
  const [first, second] = [a.layer ?? Infinity, b.layer ?? Infinity];
  return first === second ? byName.compare(a.path, b.path) : first - second;
}
