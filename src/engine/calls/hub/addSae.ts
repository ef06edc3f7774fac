// SAEs from the hub into the cache folder: which files of a repository belong to one. The façade's part that joins the hub
// with what an SAE is.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { downloadFiles, type DownloadContext } from '../../hub/download.ts';
import {
  expectRepo,
  listRepo,
  staysInside,
  type RepoListing,
  type RepoRevision,
} from '../../hub/listing.ts';
import type { HubAccess } from '../../hub/request.ts';
import { isFileOfSae, saesAmong } from '../../hub/saeFiles.ts';
import { orFromCache, recorded, repoName, type AddResult } from './added.ts';

interface AddSaeParams extends RepoRevision {
  /** Folder or PyTorch file in the repository; not needed where there is one SAE. */
  readonly path?: string;
  /** Repository of the model it reads, remembered for lists. */
  readonly model?: string;
}

/**
 * Downloads one SAE of a repository.
 * @throws MonosemError `fileMissing` when there is none, `badArgument` when there are several, and what downloads throw
 */
export async function addSae(
  access: HubAccess,
  params: AddSaeParams,
  context: DownloadContext,
): Promise<AddResult> {
  expectRepo(params.repo);
  const wanted = (params.path ?? '').replaceAll('\\', '/').replace(/^\/+|\/+$/g, '');
  if (wanted !== '' && !staysInside(wanted)) {
    throw new MonosemError('badArgument', `"${wanted}" is no path inside ${params.repo}.`);
  }
  const name = repoName(params);
  return orFromCache(access, wanted === '' ? name : `${name}/${wanted}`, async () => {
    const isFile = /\.pth?$/.test(wanted);
    const below = isFile ? path.posix.dirname(wanted).replace(/^\.$/, '') : wanted;
    const listing = await listRepo(access, params, below, context.signal);
    const sae = chosenSae(listing, wanted);
    const files = listing.files.filter((file) => isFileOfSae(file.path, sae));
    await downloadFiles(
      access,
      { ...listing, files },
      path.join(access.cache, 'saes', name),
      context,
    );
    const id = sae === '' ? name : `${name}/${sae}`;
    const place = `saes/${id}`;
    const model = params.model === undefined ? {} : { model: params.model };
    return recorded(access, { id, kind: 'sae', place, ...model }, listing, files);
  });
}

function chosenSae({ repo, files }: RepoListing, wanted: string): string {
  const found = saesAmong(files.map((file) => file.path));
  const fitting = found.filter(
    (sae) => wanted === '' || sae === wanted || sae.startsWith(`${wanted}/`),
  );
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return first;
  const place = wanted === '' ? repo : `${wanted} in ${repo}`;
  if (first === undefined) {
    throw new MonosemError(
      'fileMissing',
      `${place} holds no SAE in a known format; choose a folder of SAELens, Gemma Scope, Llama Scope, sparsify or dictionary_learning, or a .pt file.`,
    );
  }
  const some = fitting.slice(0, 5).map((sae) => (sae === '' ? 'the repository itself' : sae));
  throw new MonosemError(
    'badArgument',
    `${place} holds ${fitting.length} SAEs; name one with --path, e.g. ${some.join(', ')}.`,
  );
}
