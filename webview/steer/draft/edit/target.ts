// What an edit is of: a feature of an SAE, or a direction of one's own. Pure.
import type { FeatureRef, NamedDirection } from '../../../../src/shared/engineProtocol.ts';
import { featureKey } from '../../../../src/shared/featureRef.ts';
import type { SteerDirection, SteerFeature } from '../../../../src/shared/webviewProtocol.ts';

export type DirectionRef = Pick<NamedDirection, 'name' | 'site'>;

export type EditTarget = FeatureRef | DirectionRef;

/** What the host offers for editing. */
export type Offered = SteerFeature | SteerDirection;

export function featureOf({ sae, brief }: SteerFeature): FeatureRef {
  return { sae, feature: brief.feature };
}

export function targetOf(offered: Offered): EditTarget {
  return 'brief' in offered ? featureOf(offered) : bareTarget(offered);
}

/** Without whatever else is known of it. */
export function bareTarget(target: EditTarget): EditTarget {
  return 'feature' in target
    ? { sae: target.sae, feature: target.feature }
    : { name: target.name, site: target.site };
}

/** Equal for equal targets, different for different ones: what a direction is called has no spaces in it. */
export function targetKey(target: EditTarget): string {
  return 'feature' in target ? featureKey(target) : `${target.name}@${target.site}`;
}

export function sameTarget(a: EditTarget, b: EditTarget): boolean {
  return targetKey(a) === targetKey(b);
}

/** Of something that was stored earlier, perhaps by another version. */
export function isTarget(stored: unknown): stored is EditTarget {
  return isFeatureRef(stored) || isDirectionRef(stored);
}

export function isFeatureRef(stored: unknown): stored is FeatureRef {
  const { sae, feature } = (stored ?? {}) as Partial<FeatureRef>;
  return typeof sae === 'string' && Number.isInteger(feature);
}

function isDirectionRef(stored: unknown): stored is DirectionRef {
  const { name, site } = (stored ?? {}) as Partial<DirectionRef>;
  return typeof name === 'string' && typeof site === 'string';
}
