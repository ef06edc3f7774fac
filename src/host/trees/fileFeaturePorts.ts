// What the lists of features take from the services: which SAEs there are, what is known of features, which are pinned.
import type { FeatureRef, SaePlace } from '../../shared/engineProtocol.ts';
import { messageOf } from '../../shared/errors.ts';
import { saeLabels, sameFeature } from '../../shared/featureRef.ts';
import type { FilePorts, ListedSae } from '../display/features/fileFeatureList.ts';
import type { Services } from '../services.ts';
import { readSetting } from '../settings.ts';

/** The active SAEs, the painted one first. */
export function listedSaes({ model, shownSae }: Services): readonly ListedSae[] {
  const named = model.namedSaes;
  const labels = saeLabels(named);
  const isPainted = (sae: SaePlace): number => Number(sae === shownSae.current);
  return named
    .map(({ sae, site }) => ({ sae, label: labels.get(sae) ?? site }))
    .toSorted((a, b) => isPainted(b.sae) - isPainted(a.sae));
}

export function fileFeaturePorts({ briefs, collection, filter, log }: Services): FilePorts {
  return {
    filter: filter(),
    brief: briefs.get,
    load: async (sae, features) => {
      try {
        await briefs.load(sae, features);
      } catch (error) {
        log.warn(`Features are listed without labels: ${messageOf(error)}`);
      }
    },
    slotOf: (ref) => collection.pinned.find((pinned) => sameFeature(pinned, ref))?.slot,
    palette: readSetting('palette'),
  };
}

/** Finds out what features stand for; asking would open a model, so only those of active SAEs. */
export async function learnFeatures(
  services: Services,
  features: readonly FeatureRef[],
): Promise<void> {
  const { load } = fileFeaturePorts(services);
  for (const { sae } of listedSaes(services)) {
    const own = features.filter((ref) => ref.sae === sae).map(({ feature }) => feature);
    if (own.length > 0) await load(sae, own);
  }
}
