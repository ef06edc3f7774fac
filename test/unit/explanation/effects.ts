// Explanations of next tokens, made up.
import type {
  ChangedProbabilities,
  DistributionChange,
  FeatureEffect,
  FeatureEffects,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex, tokenId, tokenIndex } from '../../../src/shared/units.ts';

/** One token. */
export function changed(
  id: number,
  text: string,
  [before, after]: readonly [before: number, after: number],
): ChangedProbabilities {
  return {
    ids: Uint32Array.of(id),
    texts: [text],
    before: Float32Array.of(before),
    after: Float32Array.of(after),
  };
}

export function change(kl: number, targetChange: number): DistributionChange {
  return {
    ...{ kl, targetChange },
    lowered: changed(4, ' girl', [0.5, 0.25]),
    raised: changed(5, ' dog', [0.125, 0.25]),
  };
}

export function effect(
  feature: number,
  [kl, targetChange]: readonly [kl: number, targetChange: number],
  sae = '/s',
): FeatureEffect {
  return {
    ...{ sae, feature: featureIndex(feature) },
    ...{ activation: 3, total: 3, share: 0.25 },
    ...change(kl, targetChange),
  };
}

export function effectsOf(...effects: readonly FeatureEffect[]): FeatureEffects {
  return {
    ...{ from: tokenIndex(2), to: tokenIndex(3), readAt: tokenIndex(2), effects },
    target: { id: tokenId(4), text: ' girl', probability: 0.5 },
    baseline: {
      ids: Uint32Array.of(4, 5),
      texts: [' girl', ' dog'],
      probabilities: Float32Array.of(0.5, 0.125),
    },
    together: change(2, -3),
  };
}
