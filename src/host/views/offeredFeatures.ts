// Which features a steering session offers for editing, and what is known of them. Without VS Code.
import type {
  ActiveFeature,
  FeatureBrief,
  FeatureEdit,
  FeatureRef,
  NamedEdit,
  SaeFacts,
} from '../../shared/engineProtocol.ts';
import { featureKey, sameFeature } from '../../shared/featureRef.ts';
import { t } from '../../shared/l10n.ts';
import type { SteerFeature } from '../../shared/webviewProtocol.ts';
import type { FeatureBriefs } from '../display/features/featureBriefs.ts';

/** Those of features; the others are along directions. */
export function featureEdits(edits: readonly NamedEdit[]): readonly FeatureEdit[] {
  return edits.filter((edit) => 'feature' in edit);
}

export function offeredFeature(
  ref: FeatureRef,
  known: {
    readonly edits: readonly FeatureEdit[];
    readonly active: readonly ActiveFeature[];
    readonly briefs: FeatureBriefs;
  },
): SteerFeature {
  const edit = known.edits.find((each) => sameFeature(each, ref));
  const here = known.active.find((each) => sameFeature(each, ref));
  const brief = known.briefs.get(ref.sae, ref.feature);
  return {
    sae: ref.sae,
    brief: brief ?? briefWithoutStore(ref, here),
    inStore: brief !== undefined,
    promptMax: here?.max ?? 0,
    ...(edit && { edit }),
  };
}

/** Why a feature cannot be edited, in one sentence; `undefined` if it can. */
export function whyImpossible(
  { sae, feature }: FeatureRef,
  saes: readonly SaeFacts[],
): string | undefined {
  const facts = saes.find((each) => each.sae === sae);
  if (facts === undefined) {
    return t('{0} is not an active sparse autoencoder: choose it first to edit its features.', sae);
  }
  if (feature < facts.features) return undefined;
  return t(
    'There is no feature {0} in {1}: choose one from 0 to {2}.',
    feature,
    facts.name,
    facts.features - 1,
  );
}

/** Each feature once, without what an edit or an activation says of it. */
export function unique(refs: readonly FeatureRef[]): readonly FeatureRef[] {
  const byKey = new Map(
    refs.map(({ sae, feature }) => [featureKey({ sae, feature }), { sae, feature }]),
  );
  return [...byKey.values()];
}

/** An SAE without a feature store: only the prompt tells something about its features. */
function briefWithoutStore({ feature }: FeatureRef, here: ActiveFeature | undefined): FeatureBrief {
  return {
    feature,
    density: 0,
    maxActivation: here?.max ?? 0,
    peakTokens: here === undefined ? [] : [here.peakToken],
  };
}
