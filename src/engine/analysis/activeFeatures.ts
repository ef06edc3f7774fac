// Which features of an SAE are active in a text, ranked by the sum of their activations over its tokens.
import type { ActiveFeature } from '../../shared/engineProtocol.ts';
import { featureIndex } from '../../shared/units.ts';
import type { TextToAnalyse } from './analyseText.ts';
import type { TopFeatures } from './topFeatures.ts';

interface Tally {
  total: number;
  max: number;
  /** Token of the text on which it peaks. */
  peak: number;
}

/** The `limit` features with the largest total activation, largest first. */
export function rankActiveFeatures(
  { text, encoded }: TextToAnalyse,
  reading: TopFeatures,
  limit: number,
): Omit<ActiveFeature, 'sae'>[] {
  return [...tally(reading)]
    .sort(([a, { total }], [b, { total: other }]) => other - total || a - b)
    .slice(0, limit)
    .map(([feature, { total, max, peak }]) => ({
      feature: featureIndex(feature),
      total,
      max,
      peakToken: text.slice(encoded.starts[peak], encoded.ends[peak]),
    }));
}

function tally({ topK, features, activations }: TopFeatures): Map<number, Tally> {
  const tallies = new Map<number, Tally>();
  for (const [slot, activation] of activations.entries()) {
    if (activation <= 0) continue;
    const token = Math.floor(slot / topK);
    const feature = features[slot] ?? 0;
    const known = tallies.get(feature);
    if (known === undefined) {
      tallies.set(feature, { total: activation, max: activation, peak: token });
      continue;
    }
    known.total += activation;
    if (activation > known.max) {
      known.max = activation;
      known.peak = token;
    }
  }
  return tallies;
}
