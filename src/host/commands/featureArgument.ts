// The feature that the arguments of a command mean: a number, maybe with its SAE, from links and key bindings, or an
// entry of a list. Without VS Code.
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import type { ShownSae } from '../source/shownSae.ts';
import { readFeature, readFeatureRef } from '../views/viewMessages.ts';

/**
 * @returns `undefined` where the arguments name none
 * @throws MonosemError `badArgument` when they name an SAE that is not active
 */
export async function featureArgument(
  shownSae: ShownSae,
  first: unknown,
  sae: unknown,
): Promise<FeatureRef | undefined> {
  const listed = readFeatureRef(first);
  const feature = listed?.feature ?? readFeature(first);
  if (feature === undefined) return undefined;
  return { sae: await shownSae.meant(listed?.sae ?? sae), feature };
}
