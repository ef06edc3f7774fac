// What calls about features are answered with: those active in a text, and what their store knows of them.
import type {
  ActiveFeature,
  ActiveFeaturesParams,
  FeatureBrief,
  FeatureBriefsParams,
  FeatureParams,
  FeatureSummary,
} from '../../../shared/engineProtocol.ts';
import { rankActiveFeatures } from '../../analysis/activeFeatures.ts';
import type { Breath } from '../../analysis/analysedWindow.ts';
import { analyseText } from '../../analysis/analyseText.ts';
import { plainRows } from '../../analysis/topFeatures.ts';
import { featureBriefs, featureSummary } from '../../features/query.ts';
import { expectFeature } from '../../sae/sae.ts';
import type { OpenSource } from '../../sources/openSource.ts';

/** Features counted per token when those of a text are ranked. */
const rankedPerToken = 32;

/** SAE by SAE. @throws whatever `breath` throws */
export async function activeFeatures(
  open: OpenSource,
  { text, limit }: ActiveFeaturesParams,
  breath: Breath,
): Promise<readonly ActiveFeature[]> {
  const encoded = await open.model.tokenizer.encode(text);
  const run = await open.windowRun(rankedPerToken, false);
  const readings = await analyseText(run, open.capacity, { text, encoded }, breath);
  return open.named(readings.map(plainRows)).flatMap(({ sae, ...reading }) =>
    rankActiveFeatures({ text, encoded }, reading, limit).map((active) => ({
      sae,
      ...active,
    })),
  );
}

/** @throws MonosemError `noFeatureStore`, `unknownFeature`, `badArgument` for an SAE that is not active */
export async function storedFeature(
  open: OpenSource,
  { sae, feature, exampleLimit }: FeatureParams,
): Promise<FeatureSummary> {
  expectFeature(open.sae(sae), feature);
  return featureSummary(await open.featureStore(sae), feature, exampleLimit);
}

/** @throws MonosemError `noFeatureStore`, `unknownFeature`, `badArgument` for an SAE that is not active */
export async function storedBriefs(
  open: OpenSource,
  { sae, features }: FeatureBriefsParams,
): Promise<readonly FeatureBrief[]> {
  return featureBriefs(await open.featureStore(sae), features);
}
