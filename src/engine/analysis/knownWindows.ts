// Windows of a document that were analysed before, found by their tokens: the same ones, or the one that begins most
// alike and can still be gone on from.
import { commonPrefix, type AnalysedWindow } from './analysedWindow.ts';

type Condition = (window: AnalysedWindow) => boolean;

const always = (): boolean => true;

export class KnownWindows {
  readonly #byHash = new Map<number, AnalysedWindow[]>();
  readonly #all = new Set<AnalysedWindow>();

  constructor(windows: Iterable<AnalysedWindow> = []) {
    for (const window of windows) this.add(window);
  }

  [Symbol.iterator](): Iterator<AnalysedWindow> {
    return this.#all.values();
  }

  has(window: AnalysedWindow): boolean {
    return this.#all.has(window);
  }

  add(window: AnalysedWindow): void {
    if (this.#all.has(window)) return;
    this.#all.add(window);
    const hash = hashOf(window.ids);
    const alike = this.#byHash.get(hash);
    if (alike === undefined) this.#byHash.set(hash, [window]);
    else alike.push(window);
  }

  /** @param serves what else is asked of it */
  find(ids: Uint32Array, serves: Condition = always): AnalysedWindow | undefined {
    const alike = this.#byHash.get(hashOf(ids));
    return alike?.find((known) => isEqual(known.ids, ids) && serves(known));
  }

  /**
   * The window with a KV cache that shares the longest beginning, if one shares enough.
   * @param serves what else is asked of it
   */
  closest(ids: Uint32Array, serves: Condition = always): AnalysedWindow | undefined {
    let best: AnalysedWindow | undefined;
    let longest = Math.floor(ids.length * leastShared);
    for (const window of this.#all) {
      const common = window.cache === undefined ? 0 : commonPrefix(window.ids, ids);
      if (common > longest && serves(window)) {
        longest = common;
        best = window;
      }
    }
    return best;
  }
}

function isEqual(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && commonPrefix(a, b) === a.length;
}

/** Going on from less than this share of a window saves next to nothing, and costs that the result is a fresh one. */
const leastShared = 1 / 8;

/** 32-bit FNV-1a. */
function hashOf(ids: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193);
  return hash >>> 0;
}
