// A feature as people write it: `12`, or `2/12` for one of the second SAE.
import type { FeatureRef, SaePlace } from '../engineProtocol.ts';
import { MonosemError } from '../errors.ts';
import { t } from '../l10n.ts';
import { featureIndex } from '../units.ts';

const pattern = /^(?:(\d{1,9})\/)?(\d{1,9})$/;

/**
 * `undefined` for what is no feature's number.
 * @param whole the edit it is part of, for the sentence
 * @throws MonosemError `badEdit` for an SAE there is not
 */
export function readFeature(
  text: string,
  saes: readonly SaePlace[],
  whole: string,
): FeatureRef | undefined {
  const [, position = '1', id] = pattern.exec(text.trim()) ?? [];
  if (id === undefined) return undefined;
  const sae = saes[Number(position) - 1];
  if (sae !== undefined) return { sae, feature: featureIndex(Number(id)) };
  throw new MonosemError(
    'badEdit',
    t(
      '"{0}" edits SAE number {1}, and there are {2}; SAEs are numbered from 1 in the order they are named in.',
      whole,
      position,
      saes.length,
    ),
  );
}

/** @throws MonosemError `badEdit` for an SAE that is none of these */
export function writeFeature({ sae, feature }: FeatureRef, saes: readonly SaePlace[]): string {
  const position = saes.indexOf(sae) + 1;
  if (position === 1) return `${feature}`;
  if (position > 1) return `${position}/${feature}`;
  throw new MonosemError(
    'badEdit',
    t(
      'The edit of feature {0} is about the SAE {1}, which is none of those in use; add that one, or remove the edit.',
      feature,
      sae,
    ),
  );
}
