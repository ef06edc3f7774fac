// Models and SAEs that are open, by folder. The last few stay open; one that is in use is never closed.
import path from 'node:path';
import type { Source } from '../shared/engineProtocol.ts';
import { CacheBudget } from './analysis/cacheBudget.ts';
import { openModel } from './model/openModel.ts';
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
    const model = path.resolve(source.model);
    const sae = path.resolve(source.sae);
    const key = JSON.stringify([model, sae]);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known ?? { opening: this.#open(key, model, sae), users: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  #open(key: string, model: string, sae: string): Promise<OpenSource> {
    const opening = Promise.all([openModel(model), loadSae(sae)]).then(
      ([openedModel, loadedSae]) => new OpenSource(openedModel, loadedSae, this.#budget),
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

async function close({ opening }: Entry): Promise<void> {
  const source = await opening.catch(() => undefined);
  source?.dispose();
}
