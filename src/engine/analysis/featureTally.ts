// How active each feature of an SAE is in a text as a whole.
import type { TopFeatures } from './topFeatures.ts';

export interface FeatureTally {
  /** Sum of its activations. */
  total: number;
  /** Tokens on which it is active. */
  tokens: number;
  max: number;
  /** Token of the text on which it peaks. */
  peak: number;
}

/** By feature, for those that are active somewhere. */
export function tallyFeatures({
  topK,
  features,
  activations,
}: TopFeatures): Map<number, FeatureTally> {
  const tallies = new Map<number, FeatureTally>();
  for (const [slot, activation] of activations.entries()) {
    if (activation <= 0) continue;
    const token = Math.floor(slot / topK);
    const feature = features[slot] ?? 0;
    const known = tallies.get(feature);
    if (known === undefined) {
      tallies.set(feature, { total: activation, tokens: 1, max: activation, peak: token });
      continue;
    }
    known.total += activation;
    known.tokens++;
    if (activation > known.max) {
      known.max = activation;
      known.peak = token;
    }
  }
  return tallies;
}
