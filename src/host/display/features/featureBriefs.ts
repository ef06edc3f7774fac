// What is known of the features of each SAE in one line, fetched once and kept while the same model is looked through.
// Asking is bounded; an SAE without a feature store is asked once. Without VS Code.
import type { FeatureBrief, SaePlace } from '../../../shared/engineProtocol.ts';
import { MonosemError } from '../../../shared/errors.ts';

/** Asked for in one call at most. */
const mostPerCall = 4096;

type Fetch = (sae: SaePlace, features: Uint32Array) => Promise<readonly FeatureBrief[]>;

export class FeatureBriefs {
  readonly #fetch: Fetch;
  readonly #known = new Map<SaePlace, Map<number, FeatureBrief>>();
  readonly #withoutStore = new Set<SaePlace>();
  #generation = 0;
  #count = 0;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** Largest activation ever seen is unknowable for an SAE without a feature store. */
  hasStore(sae: SaePlace): boolean {
    return !this.#withoutStore.has(sae);
  }

  readonly get = (sae: SaePlace, feature: number): FeatureBrief | undefined =>
    this.#known.get(sae)?.get(feature);

  /** Another one when what was known has been forgotten. */
  get generation(): number {
    return this.#generation;
  }

  /** How many there are; one that is known stays as it is. */
  get count(): number {
    return this.#count;
  }

  /**
   * Makes briefs of an SAE's features known; does nothing for those that already are. Features about which nothing can be learnt stay
   * unknown: labels are a help, never a condition.
   */
  async load(sae: SaePlace, features: Iterable<number>): Promise<void> {
    const known = this.#known.get(sae) ?? new Map<number, FeatureBrief>();
    this.#known.set(sae, known);
    const wanted = [...new Set(features)].filter((feature) => !known.has(feature));
    const generation = this.#generation;
    for (let from = 0; from < wanted.length && this.hasStore(sae); from += mostPerCall) {
      const part = Uint32Array.from(wanted.slice(from, from + mostPerCall));
      try {
        const briefs = await this.#fetch(sae, part);
        if (generation !== this.#generation) return;
        const before = known.size;
        for (const brief of briefs) known.set(brief.feature, brief);
        this.#count += known.size - before;
      } catch (error) {
        if (generation !== this.#generation) return;
        if (!MonosemError.is(error, 'noFeatureStore')) throw error;
        this.#withoutStore.add(sae);
      }
    }
  }

  /** Another model is looked through, or other SAEs. */
  clear(): void {
    this.#generation++;
    this.#count = 0;
    this.#known.clear();
    this.#withoutStore.clear();
  }
}
