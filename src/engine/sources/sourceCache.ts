// Models and SAEs that are open, by what was asked for. The last few stay open; one that is in use is never closed.
import path from 'node:path';
import type { SaePlace, Source } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { CacheBudget } from '../analysis/cacheBudget.ts';
import type { BlobCache } from '../files/blobCache.ts';
import { openModel, type OpenModel } from '../model/openModel.ts';
import { placeModel, requestOf } from '../model/placement.ts';
import type { ProviderChooser } from '../onnx/runtime/executionProviders.ts';
import { openSae } from '../sae/open.ts';
import type { NamedSae } from './fittedSaes.ts';
import type { AnalysisMemory } from './openDocuments.ts';
import { OpenSource } from './openSource.ts';

/** Sources kept open when nobody uses them. */
const keptSources = 2;

/** Bytes of KV caches kept for documents that may be edited again. */
const cacheLimit = 256 * 1024 * 1024;

interface Entry {
  readonly opening: Promise<OpenSource>;
  /** Once it is open. */
  open?: OpenSource;
  users: number;
}

export class SourceCache {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #memory: AnalysisMemory;
  readonly #chooser: ProviderChooser;

  /** @param results of earlier analyses, on the disk */
  constructor(chooser: ProviderChooser, results?: BlobCache) {
    this.#chooser = chooser;
    const budget = new CacheBudget(cacheLimit);
    this.#memory = { budget, ...(results === undefined ? {} : { results }) };
  }

  /** Runs `work` on an open source, which stays open until it is done. */
  async use<R>(source: Source, work: (open: OpenSource) => Promise<R>): Promise<R> {
    const entry = this.#entry(source);
    entry.users++;
    try {
      return await work(await entry.opening);
    } finally {
      entry.users--;
      this.#closeUnused();
    }
  }

  /** What is open by now, last used first. */
  get opened(): readonly OpenSource[] {
    return [...this.#entries.values()].flatMap(({ open }) => open ?? []).reverse();
  }

  /** Bytes of the KV caches that are kept: of analyses, and of the prompts that were steered last. */
  get cacheBytes(): number {
    const ofPrompts = this.opened.map(({ steerPrograms }) => steerPrograms.cacheBytes);
    return ofPrompts.reduce((sum, bytes) => sum + bytes, this.#memory.budget.bytes);
  }

  async dispose(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(close));
  }

  #entry(source: Source): Entry {
    const key = keyOf(source);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known ?? this.#newEntry(key, source);
    this.#entries.set(key, entry);
    return entry;
  }

  #newEntry(key: string, source: Source): Entry {
    const entry: Entry = { opening: this.#open(source), users: 0 };
    entry.opening.then(
      (open) => {
        entry.open = open;
      },
      // A failure is not remembered: the user may have mended the file.
      () => this.#entries.delete(key),
    );
    return entry;
  }

  #open(source: Source): Promise<OpenSource> {
    const model = openModel(path.resolve(source.model), source.variant);
    const placing = model.then((opened) => placeModel(opened, this.#chooser, requestOf(source)));
    const loading = openSaes(source.saes, model);
    return Promise.all([placing, loading]).then(
      ([placed, saes]) => new OpenSource(placed, saes, this.#memory),
    );
  }

  #closeUnused(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= keptSources) return;
      if (entry.users > 0) continue;
      this.#entries.delete(key);
      void close(entry);
    }
  }
}

/** @throws MonosemError `noSae` for none, `badArgument` for one named twice, and what loading throws */
async function openSaes(
  places: readonly SaePlace[],
  model: Promise<OpenModel>,
): Promise<NamedSae[]> {
  if (places.length === 0) {
    throw new MonosemError('noSae', 'No sparse autoencoder is named; choose one to see features.');
  }
  const twice = places.find((place, n) => places.indexOf(place) !== n);
  if (twice !== undefined) {
    throw new MonosemError('badArgument', `The SAE ${twice} is named twice; name it once.`);
  }
  return Promise.all(places.map(async (place) => ({ place, sae: await openSae(place, model) })));
}

function keyOf({ model, saes, variant, provider = 'auto', deviceId = 0 }: Source): string {
  return JSON.stringify([path.resolve(model), saes, variant, provider, deviceId]);
}

async function close({ opening }: Entry): Promise<void> {
  const source = await opening.catch(() => undefined);
  source?.dispose();
}
