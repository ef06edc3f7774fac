// Models from the hub into the cache folder: which files of a repository a decoder needs. The façade's part that joins the
// hub with what a model folder is.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { downloadFiles, type DownloadContext } from '../../hub/download.ts';
import {
  expectRepo,
  listRepo,
  type RepoFile,
  type RepoListing,
  type RepoRevision,
} from '../../hub/listing.ts';
import type { HubAccess } from '../../hub/request.ts';
import { isDataOf, isModelFile, missingOf } from '../../model/bundle/repoFiles.ts';
import { variantAmong } from '../../model/bundle/variants.ts';
import { externalDataFiles } from '../../onnx/externalData/dataFiles.ts';
import { orFromCache, recorded, repoName, type AddResult } from './added.ts';

interface AddModelParams extends RepoRevision {
  /** Which .onnx, as a path in the repository or a file name; without it the most precise one. */
  readonly variant?: string;
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
