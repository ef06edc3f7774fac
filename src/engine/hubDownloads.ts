// Models and SAEs from the hub into the cache folder: which files of a repository are fetched, and what is remembered of
// them. The façade's part that joins the hub with what a model folder and an SAE are.
import path from 'node:path';
import { MonosemError } from '../shared/errors.ts';
import { exists } from './files/files.ts';
import { downloadFiles, type DownloadContext } from './hub/download.ts';
import {
  expectRepo,
  listRepo,
  staysInside,
  type RepoFile,
  type RepoListing,
  type RepoRevision,
} from './hub/listing.ts';
import { findRecord, listRecords, writeRecord, type Added } from './hub/records.ts';
import type { HubAccess } from './hub/request.ts';
import { isFileOfSae, saesAmong } from './hub/saeFiles.ts';
import { isDataOf, isModelFile, missingOf } from './model/bundle/repoFiles.ts';
import { variantAmong } from './model/bundle/variants.ts';
import { externalDataFiles } from './onnx/externalData/dataFiles.ts';

interface AddModelParams extends RepoRevision {
  /** Which .onnx, as a path in the repository or a file name; without it the most precise one. */
  readonly variant?: string;
}

interface AddSaeParams extends RepoRevision {
  /** Folder or PyTorch file in the repository; not needed where there is one SAE. */
  readonly path?: string;
  /** Repository of the model it reads, remembered for lists. */
  readonly model?: string;
}

interface AddResult {
  readonly added: Added;
  /** Absolute: the model's folder; the SAE's folder or file. */
  readonly place: string;
  /** The hub could not be reached and the copy in the cache was taken. */
  readonly isOffline: boolean;
}

/** Names of repositories in the cache, without characters that file systems treat apart. */
function repoName({ repo, revision }: RepoRevision): string {
  return revision === 'main' ? repo : `${repo}@${encodeURIComponent(revision)}`;
}

/**
 * Downloads a decoder: configuration, tokenizer, and one .onnx with its external data.
 * @throws MonosemError `fileMissing` when the repository holds no ONNX decoder, and what downloads throw
 */
export async function addModel(
  access: HubAccess,
  params: AddModelParams,
  context: DownloadContext,
): Promise<AddResult> {
  expectRepo(params.repo);
  const id = repoName(params);
  return orFromCache(access, id, async () => {
    const listing = await listRepo(access, params, '', context.signal);
    const variant = chosenVariant(listing, params.variant);
    const place = `models/${id}`;
    const folder = path.join(access.cache, place);
    const wanted = listing.files.filter(
      ({ path: name }) => isModelFile(name) || name === variant || isDataOf(name, variant),
    );
    await downloadFiles(access, { ...listing, files: wanted }, folder, context);
    const onnxFile = path.join(folder, variant);
    const data = await namedData(onnxFile, variant, listing);
    const late = data.filter((file) => !wanted.includes(file));
    await downloadFiles(access, { ...listing, files: late }, folder, context);
    return recorded(access, { id, kind: 'model', place, variant }, listing, [...wanted, ...late]);
  });
}

function chosenVariant({ repo, files }: RepoListing, wanted: string | undefined): string {
  const names = files.map((file) => file.path);
  const variant = variantAmong(names, wanted);
  const needed = missingOf(names);
  if (variant !== undefined && needed.length === 0) return variant;
  const models = names.filter((name) => name.endsWith('.onnx'));
  if (variant === undefined && models.length > 0) {
    throw new MonosemError(
      'fileMissing',
      `${repo} has no ${wanted === undefined ? 'decoder among its .onnx files' : `variant "${wanted}"`}; it has ${models.slice(0, 12).join(', ')}.`,
    );
  }
  throw new MonosemError(
    'fileMissing',
    `${repo} is not a model folder that can be opened, it has no ${variant === undefined ? '.onnx file' : needed.join(' and no ')}; choose an ONNX export of the model, e.g. one of onnx-community or Xenova, or export it with optimum.`,
  );
}

/** The external data that the file itself names. */
async function namedData(
  onnxFile: string,
  variant: string,
  { repo, files }: RepoListing,
): Promise<readonly RepoFile[]> {
  const locations = await externalDataFiles(onnxFile);
  return locations.map((location) => {
    const name = path.posix.join(path.posix.dirname(variant), location);
    const file = files.find((other) => other.path === name);
    if (file !== undefined) return file;
    throw new MonosemError(
      'fileMissing',
      `${variant} in ${repo} is not complete: its weights are in ${location}, which the repository does not have; choose another variant.`,
    );
  });
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

async function recorded(
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
async function orFromCache(
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
