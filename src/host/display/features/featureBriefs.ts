// What is known of features in one line, fetched once and kept while the same model and SAE are looked through.
// Asking is bounded; an SAE without a feature store is asked once. Without VS Code.
import type { FeatureBrief } from '../../../shared/engineProtocol.ts';
import { MonosemError } from '../../../shared/errors.ts';

/** Asked for in one call at most. */
const mostPerCall = 4096;

export class FeatureBriefs {
  readonly #fetch: (features: Uint32Array) => Promise<readonly FeatureBrief[]>;
  readonly #known = new Map<number, FeatureBrief>();
  #hasStore = true;
  #generation = 0;

  constructor(fetch: (features: Uint32Array) => Promise<readonly FeatureBrief[]>) {
    this.#fetch = fetch;
  }

  /** Largest activation ever seen is unknowable for this SAE: it has no feature store. */
  get hasStore(): boolean {
    return this.#hasStore;
  }

  readonly get = (feature: number): FeatureBrief | undefined => this.#known.get(feature);

  /**
   * Makes briefs known; does nothing for those that already are. Features about which nothing can be learnt stay
   * unknown: labels are a help, never a condition.
   */
  async load(features: Iterable<number>): Promise<void> {
    const wanted = [...new Set(features)].filter((feature) => !this.#known.has(feature));
    const generation = this.#generation;
    for (let from = 0; from < wanted.length && this.#hasStore; from += mostPerCall) {
      const part = Uint32Array.from(wanted.slice(from, from + mostPerCall));
      try {
        const briefs = await this.#fetch(part);
        if (generation !== this.#generation) return;
        for (const brief of briefs) this.#known.set(brief.feature, brief);
      } catch (error) {
        if (generation !== this.#generation) return;
        if (!MonosemError.is(error, 'noFeatureStore')) throw error;
        this.#hasStore = false;
      }
    }
  }

  /** Another model or SAE is looked through. */
  clear(): void {
    this.#generation++;
    this.#known.clear();
    this.#hasStore = true;
  }
}
