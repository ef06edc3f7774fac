// What the feature view calls what it shows: a feature of an SAE, or one of the model's own neurons.
import type { FeatureRef, SaePlace } from '../../src/shared/engineProtocol.ts';
import { isNeuron } from '../../src/shared/featureName.ts';
import { t } from '../../src/shared/l10n.ts';

interface PanelWords {
  readonly previous: string;
  readonly next: string;
  readonly others: string;
  readonly goTo: string;
  readonly howToGo: string;
  readonly steer: string;
  readonly owner: string;
  /** @param tokens of the corpus, in words */
  readonly neverActive: (tokens: string) => string;
  readonly lookingUp: (feature: FeatureRef['feature']) => string;
}

/** @param sae nothing is shown without one */
export function panelWords(sae: SaePlace | undefined): PanelWords {
  return sae !== undefined && isNeuron({ sae }) ? wordsOfNeurons() : wordsOfFeatures();
}

function wordsOfFeatures(): PanelWords {
  return {
    previous: t('Previous feature'),
    next: t('Next feature'),
    others: t('Other features'),
    goTo: t('Go to the feature with this number'),
    howToGo: t('Type the number of a feature and press Enter'),
    steer: t('Steer This Feature'),
    owner: t('The sparse autoencoder it belongs to'),
    neverActive: (tokens) =>
      t(
        'Not active on any of the {0} tokens of the corpus, so there are no examples: the feature may be dead, or rarer than the corpus is long.',
        tokens,
      ),
    lookingUp: (feature) => t('Looking up feature {0}…', feature),
  };
}

function wordsOfNeurons(): PanelWords {
  return {
    previous: t('Previous neuron'),
    next: t('Next neuron'),
    others: t('Other neurons'),
    goTo: t('Go to the neuron with this number'),
    howToGo: t('Type the number of a neuron and press Enter'),
    steer: t('Steer This Neuron'),
    owner: t('The layer it belongs to'),
    neverActive: (tokens) =>
      t(
        'Not active on any of the {0} tokens of the corpus, so there are no examples: the neuron may be dead, or rarer than the corpus is long.',
        tokens,
      ),
    lookingUp: (feature) => t('Looking up neuron {0}…', feature),
  };
}
