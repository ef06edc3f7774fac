// What people call what is active on tokens: features of an SAE, or the model's own neurons.
import type { FeatureRef, SaePlace } from './engineProtocol.ts';
import { t } from './l10n.ts';
import { siteOfNeurons } from './saePlace.ts';

export function isNeuron({ sae }: Pick<FeatureRef, 'sae'>): boolean {
  return siteOfNeurons(sae) !== undefined;
}

/** Nothing but neurons? Where features are among them, features is what all of them are called. */
export function areNeurons(saes: readonly SaePlace[]): boolean {
  return saes.length > 0 && saes.every((sae) => isNeuron({ sae }));
}

/**
 * At the beginning of a sentence, or by itself.
 * @param name its number where nothing more is said
 */
export function featureName(ref: FeatureRef, name = `${ref.feature}`): string {
  return isNeuron(ref) ? t('Neuron {0}', name) : t('Feature {0}', name);
}
