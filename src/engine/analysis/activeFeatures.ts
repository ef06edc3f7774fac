// Which features of an SAE are active in a text, ranked by the sum of their activations over its tokens.
import type { ActiveFeature } from '../../shared/engineProtocol.ts';
import { featureIndex } from '../../shared/units.ts';
import type { TextToAnalyse } from './analyseText.ts';
import { tallyFeatures } from './featureTally.ts';
import type { TopFeatures } from './topFeatures.ts';

/** The `limit` features with the largest total activation, largest first. */
export function rankActiveFeatures(
  { text, encoded }: TextToAnalyse,
  reading: TopFeatures,
  limit: number,
): Omit<ActiveFeature, 'sae'>[] {
  return [...tallyFeatures(reading)]
    .sort(([a, { total }], [b, { total: other }]) => other - total || a - b)
    .slice(0, limit)
    .map(([feature, { total, max, peak }]) => ({
      feature: featureIndex(feature),
      total,
      max,
      peakToken: text.slice(encoded.starts[peak], encoded.ends[peak]),
    }));
}
