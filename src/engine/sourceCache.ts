// Models and SAEs that are open, by what was asked for. The last few stay open; one that is in use is never closed.
import path from 'node:path';
import type { Source } from '../shared/engineProtocol.ts';
import { CacheBudget } from './analysis/cacheBudget.ts';
import { openModel } from './model/openModel.ts';
import { placeModel, requestOf } from './model/placement.ts';
import type { ProviderChooser } from './onnx/runtime/executionProviders.ts';
import { OpenSource } from './openSource.ts';
import { loadSae } from './sae/load.ts';

/** Sources kept open when nobody uses them. */
const keptSources = 2;

/** Bytes of KV caches kept for documents that may be edited again. */
const cacheLimit = 256 * 1024 * 1024;

interface Entry {
  readonly opening: Promise<OpenSource>;
  users: number;
}

export class SourceCache {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #budget = new CacheBudget(cacheLimit);
  readonly #chooser: ProviderChooser;

  constructor(chooser: ProviderChooser) {
    this.#chooser = chooser;
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

  async dispose(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(close));
  }

  #entry(source: Source): Entry {
    const key = keyOf(source);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known ?? { opening: this.#open(key, source), users: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  #open(key: string, source: Source): Promise<OpenSource> {
    const placing = openModel(path.resolve(source.model), source.variant).then((model) =>
      placeModel(model, this.#chooser, requestOf(source)),
    );
    const opening = Promise.all([placing, loadSae(path.resolve(source.sae))]).then(
      ([placed, loadedSae]) => new OpenSource(placed, loadedSae, this.#budget),
    );
    // A failure is not remembered: the user may have mended the file.
    opening.catch(() => this.#entries.delete(key));
    return opening;
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

function keyOf({ model, sae, variant, provider = 'auto', deviceId = 0 }: Source): string {
  return JSON.stringify([path.resolve(model), path.resolve(sae), variant, provider, deviceId]);
}

async function close({ opening }: Entry): Promise<void> {
  const source = await opening.catch(() => undefined);
  source?.dispose();
}
