// What the extension host asks the engine about a model hub: what is known, what a repository offers, what was
// downloaded, and downloads themselves. Each call names the hub and the cache folder; the engine keeps neither, nor
// the token.
import { call } from './call.ts';
import type { ModelOffer, SaeOffer } from './hubOffers.ts';

/** A hub, and the folder that keeps what is downloaded from it. */
export interface HubPlace {
  /** Without a slash at the end, e.g. `https://huggingface.co`. */
  readonly endpoint: string;
  /** Absolute. */
  readonly cache: string;
  readonly token?: string;
  /** Nothing is requested; only what is in the cache is there. */
  readonly offline?: boolean;
}

export interface HubParams {
  readonly hub: HubPlace;
}

export interface KnownModel {
  readonly id: string;
  readonly name: string;
  /** Repository of the weights the SAEs were trained on. */
  readonly original: string;
  /** Repository that holds them as ONNX, where one is known. */
  readonly onnx?: string;
}

export interface KnownSae {
  readonly id: string;
  readonly name: string;
  /** `id` of the model. */
  readonly model: string;
  readonly repo: string;
  readonly path: string;
  readonly site?: string;
  /** Number of its features. */
  readonly features?: number;
  readonly bytes?: number;
}

/** Well-known models and SAEs trained on them. */
export interface Catalogue {
  readonly models: readonly KnownModel[];
  readonly saes: readonly KnownSae[];
}

/** A model or SAE that was downloaded. */
export interface Download {
  /** `owner/name`, for an SAE with its path behind it, with `@revision` where that is not `main`. */
  readonly id: string;
  readonly kind: 'model' | 'sae';
  readonly repo: string;
  /** Absolute: the model's folder; the SAE's folder or file. */
  readonly place: string;
  readonly bytes: number;
  /** Of a model: the .onnx inside its folder. */
  readonly variant?: string;
  /** Of an SAE: the repository of the model it reads, where that is known. */
  readonly model?: string;
}

export interface AddedDownload extends Download {
  /** The hub could not be reached, and the copy in the cache was taken. */
  readonly isOffline: boolean;
}

export interface DownloadProgress {
  /** Path in the repository. */
  readonly file: string;
  /** Bytes of all files. */
  readonly done: number;
  readonly total: number;
}

export interface AddModelParams extends HubParams {
  /** `owner/name`. */
  readonly repo: string;
  /** Which .onnx, as a path in the repository or a file name; without it the most precise one. */
  readonly variant?: string;
}

export interface AddSaeParams extends HubParams {
  readonly repo: string;
  /** Folder or file in the repository; not needed where there is one SAE. */
  readonly path?: string;
  /** Repository of the model it reads, remembered for lists. */
  readonly model?: string;
}

export const hubCalls = {
  catalogue: call<Readonly<Record<string, never>>, Catalogue>('catalogue'),
  /** The decoders of a repository with their sizes. */
  modelOffer: call<HubParams & { readonly repo: string }, ModelOffer>('modelOffer'),
  /** Its SAEs, which may be hundreds. */
  saeOffer: call<HubParams & { readonly repo: string }, SaeOffer>('saeOffer'),
  /** Continues where it stopped when it is asked for again. */
  addModel: call<AddModelParams, AddedDownload, DownloadProgress>('addModel'),
  addSae: call<AddSaeParams, AddedDownload, DownloadProgress>('addSae'),
  /** By name. */
  listDownloads: call<HubParams, readonly Download[]>('listDownloads'),
  removeDownload: call<HubParams & { readonly id: string }, Download>('removeDownload'),
} as const;

export type HubCalls = typeof hubCalls;
