// What a prompt begins with before anything is edited, read once: a slider that moves changes the edit and not what
// comes before it.
import type { KvCache } from '../model/kvCache.ts';
import { runFeeds } from './runFeeds.ts';
import { firstTouched } from './editPlan.ts';
import type { Beginning, ReadyEdits } from './rows.ts';

/** The last beginning that was read, for the next request. */
export interface PrefixMemory {
  /** @param rows that go on behind it */
  get: (ids: Uint32Array, rows: number) => KvCache | undefined;
  keep: (ids: Uint32Array, cache: KvCache) => void;
}

/** Remembers one. */
export class LastPrefix implements PrefixMemory {
  #ids = new Uint32Array(0);
  #cache: KvCache | undefined;

  get byteLength(): number {
    return this.#cache?.byteLength ?? 0;
  }

  get(ids: Uint32Array, rows: number): KvCache | undefined {
    const isSame = ids.length === this.#ids.length && ids.every((id, i) => id === this.#ids[i]);
    if (!isSame) return undefined;
    // The copy for several rows is kept instead, since the next request wants it, too.
    this.#cache = this.#cache?.repeated(rows);
    return this.#cache;
  }

  keep(ids: Uint32Array, cache: KvCache): void {
    this.#ids = ids.slice();
    this.#cache = cache;
  }
}

/**
 * Tokens at the beginning of a prompt that no row changes, all but the last token at most. Whether they are read now or
 * remembered, the runs of the model are cut in the same places, so that the same request gives the same bits.
 */
export function sharedLength({ plan, program }: ReadyEdits, prompt: Uint32Array): number {
  if (!program.hasCache) return 0;
  return Math.min(firstTouched(plan.rows, prompt), prompt.length - 1);
}

/**
 * Reads it, one row for all, unless it is remembered.
 * @param ids of it, with at least one token
 * @param block tokens per run of the model
 * @param breath awaited before every run
 */
export async function readPrefix(
  { plan, program, feeds }: ReadyEdits,
  { ids, block, memory }: { ids: Uint32Array; block: number; memory: PrefixMemory },
  breath: () => Promise<void>,
): Promise<Beginning | undefined> {
  const count = plan.rows.length;
  let cache = memory.get(ids, count);
  if (cache === undefined) {
    for (let at = 0; at < ids.length; at += block) {
      await breath();
      const run = ids.subarray(at, at + block);
      const [row] = plan.rows;
      if (row === undefined) return undefined;
      const result = await program.run({
        ids: run,
        batch: 1,
        ...(cache === undefined ? {} : { cache }),
        feeds: { ...feeds, ...runFeeds(plan, [{ plan: row, ids: run }], at) },
      });
      cache = result.cache;
    }
    if (cache === undefined) return undefined;
    memory.keep(ids, cache);
    cache = memory.get(ids, count);
  }
  return cache === undefined ? undefined : { cache };
}
