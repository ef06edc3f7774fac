// What calls tell about sources: what the model and the SAEs are, and what is open.
import process from 'node:process';
import type { SourceFacts } from '../../shared/engineProtocol.ts';
import type { OpenSourceFacts, OpenThings } from '../../shared/readingProtocol.ts';
import { tokenId } from '../../shared/units.ts';
import { weightBytes } from '../model/weightTypes.ts';
import { streamSites } from '../onnx/sites/streamSites.ts';
import { saeWeightBytes } from '../sae/weightBytes.ts';
import { findFeatureStore } from './featureStores.ts';
import type { OpenSource } from './openSource.ts';
import type { SourceCache } from './sourceCache.ts';

export async function sourceFacts({ model, placement, saes }: OpenSource): Promise<SourceFacts> {
  return {
    model: {
      name: model.name,
      folder: model.folder,
      architecture: model.config.architecture,
      layers: model.sites.layers,
      dModel: model.config.dModel,
      streamSites: streamSites(model.sites),
      vocabularySize: model.config.vocabularySize,
      contextLength: model.config.contextLength,
      variant: model.variant,
      provider: placement.provider,
      providerReason: placement.reason,
      dynamicallyQuantized: model.sites.dynamicallyQuantized,
      hasChatTemplate: model.chatTemplate !== undefined,
      ...(model.tokenizer.bosId !== undefined && { bosId: tokenId(model.tokenizer.bosId) }),
    },
    saes: await Promise.all(
      saes.map(async ({ place, sae }) => ({
        sae: place,
        name: sae.name,
        site: sae.site,
        architecture: sae.architecture,
        features: sae.F,
        hasFeatureStore: (await findFeatureStore({ model, sae })) !== undefined,
      })),
    ),
  };
}

export function openThings({ opened, cacheBytes }: SourceCache): OpenThings {
  return {
    sources: opened.map(openSourceFacts),
    cacheBytes,
    residentBytes: process.memoryUsage.rss(),
  };
}

/** What is open of a source, and how much that weighs. */
function openSourceFacts({ model, placement, saes, sessions }: OpenSource): OpenSourceFacts {
  return {
    model: model.folder,
    variant: model.variant,
    provider: placement.provider,
    weightBytes: weightBytes(model.onnx),
    saes: saes.map(({ place, sae }) => ({ sae: place, weightBytes: saeWeightBytes(sae) })),
    sessions,
  };
}
