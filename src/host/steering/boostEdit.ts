// What “boost” does to a feature: the edit that a steering session begins with. Without VS Code.
import type { FeatureBrief, FeatureEdit, FeatureRef } from '../../shared/engineProtocol.ts';

/** Of the largest activation that is known. */
const timesMax = 1;
/** Of its own activation, where no largest one is known: where the feature is not active, nothing is changed. */
const factor = 3;

export function boostEdit(
  { sae, feature }: FeatureRef,
  brief: Pick<FeatureBrief, 'maxActivation'> | undefined,
): FeatureEdit {
  const max = brief?.maxActivation ?? 0;
  return max > 0
    ? { sae, feature, operation: 'clamp', amount: timesMax, unit: 'max' }
    : { sae, feature, operation: 'scale', amount: factor };
}
