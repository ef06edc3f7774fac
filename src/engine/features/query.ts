// Answers questions about features from a store, in the words of the protocol.
import type { FeatureBrief, FeatureExample, FeatureSummary } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { featureIndex } from '../../shared/units.ts';
import { contextSteps, reach } from '../math/topExamples.ts';
import type { StoredExample } from './blob.ts';
import { histogramBins } from './build.ts';
import type { FeatureRow, FeatureStore } from './store.ts';
import { tokenTexts } from './tokenTexts.ts';

const neverFired: FeatureRow = { count: 0, sum: 0, sumOfSquares: 0, max: 0, peakTokens: [] };

function expectFeature({ facts }: FeatureStore, feature: number): void {
  if (Number.isInteger(feature) && feature >= 0 && feature < facts.features) return;
  throw new MonosemError(
    'unknownFeature',
    `There is no feature ${feature}; choose an id from 0 to ${facts.features - 1}.`,
  );
}

function asBrief({ facts }: FeatureStore, feature: number, row: FeatureRow): FeatureBrief {
  return {
    feature: featureIndex(feature),
    density: facts.tokens === 0 ? 0 : row.count / facts.tokens,
    maxActivation: row.max,
    peakTokens: row.peakTokens,
  };
}

/** One line per feature, in the order asked for. @throws MonosemError `unknownFeature` */
export function featureBriefs(store: FeatureStore, features: Iterable<number>): FeatureBrief[] {
  return Array.from(features, (feature) => {
    expectFeature(store, feature);
    return asBrief(store, feature, store.brief(feature) ?? neverFired);
  });
}

/** The peak with its context, as far as the document reaches. */
function asExample(store: FeatureStore, example: StoredExample): FeatureExample {
  const { text, ends } = store.document(example.document);
  const from = Math.max(0, example.token - reach);
  const tokens = tokenTexts(text, ends, from, Math.min(ends.length, example.token + reach + 1));
  const first = from - (example.token - reach);
  const steps = example.context.subarray(first, first + tokens.length);
  return {
    tokens,
    activations: Float32Array.from(steps, (step) => (step / contextSteps) * example.activation),
    peak: example.token - from,
  };
}

/**
 * Everything the store knows of a feature. Activations around a peak are exact to 1/65535 of the peak's.
 * @throws MonosemError `unknownFeature`
 */
export function featureSummary(
  store: FeatureStore,
  feature: number,
  exampleLimit: number,
): FeatureSummary {
  expectFeature(store, feature);
  const details = store.details(feature, exampleLimit);
  const row = details ?? neverFired;
  return {
    ...asBrief(store, feature, row),
    corpusTokens: store.facts.tokens,
    meanActivation: row.count === 0 ? 0 : row.sum / row.count,
    histogram: details?.histogram ?? new Uint32Array(histogramBins),
    examples: (details?.examples ?? []).map((example) => asExample(store, example)),
  };
}
