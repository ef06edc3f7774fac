// What “Add Model…” and “Add SAE…” offer before anything is asked of the hub: what was downloaded, which works without
// a network, and what is well known. Without VS Code.
import { t } from '../../shared/l10n.ts';
import { countText } from '../../shared/numberText.ts';
import type { Catalogue, Download, KnownModel, KnownSae } from '../../shared/hubProtocol.ts';
import { oneLine } from '../display/oneLine.ts';
import { sizeText } from '../display/size.ts';
import { readRepo } from './repoName.ts';
import type { TypedRepo } from './repoName.ts';
import type { ModelRequest, SaeRequest } from './requests.ts';

/** An entry of a list; neighbours with the same section stand together under its name. */
export interface Choice<Wanted> {
  readonly section: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  /** What is done with it; a text says why nothing can be. */
  readonly wanted: Wanted | string;
}

/** A model to be fetched. */
export interface WantedModel extends ModelRequest {
  /** It is in the cache, by the record of its download. */
  readonly isDownloaded?: boolean;
}

/** An SAE to be fetched. */
export interface WantedSae extends SaeRequest {
  readonly isDownloaded?: boolean;
  /** The path is that of one SAE; else it may be a folder of several. */
  readonly isExact?: boolean;
}

export interface Known {
  readonly catalogue: Catalogue;
  readonly downloads: readonly Download[];
}

export function modelChoices({ catalogue, downloads }: Known): readonly Choice<WantedModel>[] {
  const models = downloads.filter(({ kind }) => kind === 'model');
  return [
    ...models.map(({ id, repo, variant, bytes }): Choice<WantedModel> => ({
      section: t('downloaded'),
      label: oneLine(id),
      description: words(t('downloaded'), variant, sizeText(bytes)),
      wanted: { repo, isDownloaded: true, ...(variant !== undefined && { variant }) },
    })),
    ...catalogue.models.map((model) => knownModel(model, catalogue, models)),
  ];
}

function knownModel(
  { id, name, original, onnx }: KnownModel,
  { saes }: Catalogue,
  models: readonly Download[],
): Choice<WantedModel> {
  const own = saes.filter(({ model }) => model === id).map((sae) => sae.name);
  const isThere = models.some(({ repo }) => repo === onnx);
  return {
    section: t('well-known models'),
    label: name,
    description:
      onnx === undefined ? t('no ONNX export known') : words(onnx, isThere && t('downloaded')),
    detail: t('SAEs: {0}', own.join('; ')),
    wanted:
      onnx === undefined
        ? t(
            'No ONNX export of {0} is known: type the repository of one, or export {1} with optimum and open its folder.',
            name,
            original,
          )
        : { repo: onnx },
  };
}

/** @param openModel the catalogue's `id` of the model that is open: its SAEs come first */
export function saeChoices(
  { catalogue, downloads }: Known,
  openModel: string | undefined,
): readonly Choice<WantedSae>[] {
  const there = downloads.filter(({ kind }) => kind === 'sae');
  const models = [...catalogue.models].sort(
    (a, b) => Number(b.id === openModel) - Number(a.id === openModel),
  );
  return [
    ...there.map((download): Choice<WantedSae> => ({
      section: t('downloaded'),
      label: oneLine(download.id),
      description: words(t('downloaded'), download.model, sizeText(download.bytes)),
      wanted: saeRequestOf(download),
    })),
    ...models.flatMap((model) =>
      catalogue.saes
        .filter((sae) => sae.model === model.id)
        .map((sae) => knownSae(sae, model, { isOpen: model.id === openModel, there })),
    ),
  ];
}

function knownSae(
  { name, repo, path, site, features, bytes }: KnownSae,
  model: KnownModel,
  { isOpen, there }: { readonly isOpen: boolean; readonly there: readonly Download[] },
): Choice<WantedSae> {
  const isThere = there.some(({ id }) => id === `${repo}/${path}`);
  return {
    section: isOpen ? t('{0}, the open model', model.name) : model.name,
    label: name,
    description: words(
      site,
      features !== undefined && t('{0} features', countText(features)),
      bytes !== undefined && sizeText(bytes),
      isThere && t('downloaded'),
    ),
    detail: `${repo}/${path}`,
    wanted: { repo, path, model: model.original, isExact: true },
  };
}

/** The request that brings a download again. */
function saeRequestOf({ id, repo, model }: Download): WantedSae {
  return {
    ...{ repo, isDownloaded: true, isExact: true },
    ...(id.startsWith(`${repo}/`) && { path: id.slice(repo.length + 1) }),
    ...(model !== undefined && { model }),
  };
}

/** As {@link typedChoice}; the address of an .onnx file names a variant. */
export function typedModelChoice(text: string, host: string): Choice<WantedModel> | undefined {
  const choice = typedChoice(text, host);
  if (choice === undefined || typeof choice.wanted === 'string') return choice;
  const { repo, path } = choice.wanted;
  const wanted = path?.endsWith('.onnx') === true ? { repo, variant: path } : { repo };
  return { ...choice, wanted };
}

/**
 * The entry for what somebody types: the repository, or the reason why it is none yet.
 * @returns undefined for what looks like a word to search for
 */
export function typedChoice(text: string, host: string): Choice<TypedRepo> | undefined {
  if (!text.includes('/')) return undefined;
  const common = { section: t('as typed'), label: oneLine(text) };
  try {
    const wanted = readRepo(text);
    const label = [wanted.repo, wanted.path].filter((part) => part !== undefined).join('/');
    return { ...common, label: oneLine(label), description: t('look on {0}', host), wanted };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...common, description: t('no repository'), detail: oneLine(reason), wanted: reason };
  }
}

/** The catalogue's `id` of the model in a folder: one that was downloaded, or one whose folder is called like it. */
export function knownModelIn(folder: string, { catalogue, downloads }: Known): string | undefined {
  const repo = downloads.find(({ kind, place }) => kind === 'model' && place === folder)?.repo;
  const name = folder.split(/[\\/]/).at(-1)?.toLowerCase();
  const isCalled = (id: string | undefined): boolean =>
    id?.split('/').at(-1)?.toLowerCase() === name;
  return catalogue.models.find(({ id, original, onnx }) =>
    repo === undefined
      ? isCalled(id) || isCalled(original) || isCalled(onnx)
      : repo === onnx || repo === original,
  )?.id;
}

/** The model an SAE reads, where it is known and is not the open one. */
export function missingModel(
  { model }: Download,
  openFolder: string,
  known: Known,
): KnownModel | undefined {
  const needed = known.catalogue.models.find(({ original }) => original === model);
  return needed?.id === knownModelIn(openFolder, known) ? undefined : needed;
}

function words(...all: readonly (string | false | undefined)[]): string {
  return all
    .filter((word) => word !== undefined && word !== false && word !== '')
    .map((word) => oneLine(String(word)))
    .join(' · ');
}
