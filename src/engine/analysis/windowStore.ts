// Results of windows beyond the life of a document in memory: typed arrays in a cache on the disk, under a hash of
// everything that they depend on. Only what was computed from a window's beginning is kept, so that what comes back is,
// bit for bit, what a fresh analysis gives.
import { createHash } from 'node:crypto';
import process from 'node:process';
import { deserialize, serialize } from 'node:v8';
import type { BlobCache } from '../files/blobCache.ts';
import type { AnalysedWindow, WindowRun } from './analysedWindow.ts';

/** Raised when what is stored changes its form. */
const format = 1;

export class WindowStore {
  readonly #cache: BlobCache;
  readonly #identity: string;

  constructor(cache: BlobCache, run: WindowRun) {
    this.#cache = cache;
    const { program, ...options } = run;
    const { v8 } = process.versions;
    this.#identity = JSON.stringify([format, v8, program.identity, options]);
  }

  /** What an analysis of these tokens gave, if it is known. */
  async load(ids: Uint32Array): Promise<AnalysedWindow | undefined> {
    const content = await this.#cache.get(this.#key(ids));
    if (content === undefined) return undefined;
    return deserialize(content) as AnalysedWindow;
  }

  /** Keeps what a window has, but for its KV cache. Does not wait. */
  keep(window: AnalysedWindow): void {
    this.#cache.put(this.#key(window.ids), serialize({ ...window, cache: undefined }));
  }

  #key(ids: Uint32Array): string {
    const bytes = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
    return createHash('sha256').update(this.#identity).update('\0').update(bytes).digest('hex');
  }
}
