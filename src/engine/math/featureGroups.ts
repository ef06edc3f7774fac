// Turns per-token lists of active features into per-feature lists of tokens, for one document at a time: a counting
// sort whose scratch memory is reused.

/** The tokens on which one feature is active: entries [from, to) of `tokens` and `values`. */
export interface FeatureGroup {
  readonly feature: number;
  readonly from: number;
  readonly to: number;
}

export class FeatureGroups {
  /** Ascending within a group. */
  tokens = new Uint32Array(0);
  /** Activation on each of them, > 0. */
  values = new Float32Array(0);
  readonly #counts: Uint32Array;

  /** @param featureCount F */
  constructor(featureCount: number) {
    this.#counts = new Uint32Array(featureCount);
  }

  /**
   * features, activations [T, K] → one group per active feature, in ascending order of feature. Slots with activation
   * 0 are empty. The groups are valid until the next call.
   * @throws RangeError for a feature ≥ F
   */
  group(features: Uint32Array, activations: Float32Array, K: number): FeatureGroup[] {
    const active = this.#count(features, activations);
    const groups: FeatureGroup[] = [];
    let total = 0;
    for (let i = 0; i < active.length; i += 1) {
      const feature = active[i];
      const count = this.#counts[feature];
      groups.push({ feature, from: total, to: total + count });
      // From here on: where the next entry of the feature goes.
      this.#counts[feature] = total;
      total += count;
    }
    if (this.tokens.length < total) {
      this.tokens = new Uint32Array(total);
      this.values = new Float32Array(total);
    }
    for (let i = 0; i < features.length; i += 1) {
      if (!(activations[i] > 0)) continue;
      const at = this.#counts[features[i]]++;
      this.tokens[at] = Math.floor(i / K);
      this.values[at] = activations[i];
    }
    for (let i = 0; i < active.length; i += 1) this.#counts[active[i]] = 0;
    return groups;
  }

  #count(features: Uint32Array, activations: Float32Array): Uint32Array {
    const counts = this.#counts;
    const active: number[] = [];
    for (let i = 0; i < features.length; i += 1) {
      if (!(activations[i] > 0)) continue;
      const feature = features[i];
      if (feature >= counts.length) {
        throw new RangeError(`feature ${feature} where there are ${counts.length}`);
      }
      if (counts[feature]++ === 0) active.push(feature);
    }
    return Uint32Array.from(active).sort();
  }
}
