// The KV cache of rows that are being read or written, token after token. It is a cache that settled and the few tokens behind
// it. The settled part is a `KvCache`, which nobody changes and others may remember; what is added lies in memory of this
// cache's own. So a step carries the keys and values of its token out of the runtime, and not those of the whole text.
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import type { KvCache } from './kvCache.ts';
import type { Block, Program } from './program.ts';
import { recentCapacity, type RecentTokens } from './recentTokens.ts';

export class GrowingCache {
  #settled: KvCache | undefined;
  #recent: RecentTokens | undefined;

  /** @param settled what was read before, which stays as it is */
  constructor(settled?: KvCache) {
    this.#settled = settled;
  }

  /** Tokens in it; 0 for a model without KV cache. */
  get length(): number {
    return (this.#settled?.length ?? 0) + (this.#recent?.length ?? 0);
  }

  /** Reads new tokens behind it. @returns the graph's own outputs */
  async read(program: Program, block: Omit<Block, 'cache' | 'recent'>): Promise<OnnxTensors> {
    const tokens = block.ids.length / block.batch;
    const isShort = this.#settled !== undefined && this.#roomLeft >= tokens;
    const recent = isShort ? (this.#recent ?? program.noRecent(block.batch)) : undefined;
    const behind = { ...block, cache: this.#settled };
    if (recent !== undefined) {
      const outputs = await program.append({ ...behind, recent });
      recent.add(outputs, tokens);
      this.#recent = recent;
      return outputs;
    }
    const { outputs, cache } = await program.run({ ...behind, recent: this.#recent });
    this.#settled = cache;
    this.#recent = undefined;
    return outputs;
  }

  /** Some of its rows as new ones, in any order and as often as wanted. @param rows from 0 */
  rows(rows: readonly number[]): GrowingCache {
    const taken = new GrowingCache(this.#settled?.rows(rows));
    taken.#recent = this.#recent?.rows(rows);
    return taken;
  }

  get #roomLeft(): number {
    return recentCapacity - (this.#recent?.length ?? 0);
  }
}
