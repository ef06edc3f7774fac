// Keeps the KV caches of analysed windows within a number of bytes: the ones used longest ago lose theirs first.
import type { AnalysedWindow } from './analysedWindow.ts';

export class CacheBudget {
  readonly #limit: number;
  /** In the order of their last use. */
  readonly #windows = new Set<AnalysedWindow>();
  #bytes = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Of all caches kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Notes a use; may take the cache of other windows away. */
  use(window: AnalysedWindow): void {
    if (window.cache === undefined) return;
    if (this.#windows.delete(window)) this.#bytes -= window.cache.byteLength;
    this.#windows.add(window);
    this.#bytes += window.cache.byteLength;
    for (const oldest of this.#windows) {
      if (this.#bytes <= this.#limit || oldest === window) break;
      this.drop(oldest);
    }
  }

  drop(window: AnalysedWindow): void {
    if (this.#windows.delete(window)) this.#bytes -= window.cache?.byteLength ?? 0;
    delete window.cache;
  }
}
