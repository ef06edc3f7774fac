// What is said of a token without one of its features, or without one of the neurons. Whole sentences, since other
// languages bend their words. Without VS Code.
import type { FeatureRef } from '../../../shared/engineProtocol.ts';
import { isNeuron } from '../../../shared/featureName.ts';
import { t } from '../../../shared/l10n.ts';

interface EffectWords {
  readonly takenOut: string;
  /** @param effect in words */
  readonly without: (effect: string) => string;
  readonly notActive: string;
  readonly divergence: string;
  /** @param kl with its unit */
  readonly expectedNext: (kl: string) => string;
  /** How likely a token is with and without it. */
  readonly likely: (token: string, was: string, is: string) => string;
  /** @param change in words */
  readonly loss: (token: string, was: string, is: string, change: string) => string;
}

export function effectWords(ref: FeatureRef): EffectWords {
  return isNeuron(ref) ? wordsOfNeuron(ref) : wordsOfFeature(ref);
}

function wordsOfFeature({ feature }: FeatureRef): EffectWords {
  return {
    takenOut: t(
      'Feature {0} is taken out of this token alone; what the SAE does not explain stays',
      feature,
    ),
    without: (effect) => t('Without feature {0}: {1}', feature, effect),
    notActive: t('The feature is not active here: taking it out changes nothing.'),
    divergence: t(
      'Divergence of what is expected without the feature from what is expected with it',
    ),
    expectedNext: (kl) => t('Expected next, with and without the feature: divergence {0}', kl),
    likely: (token, was, is) => t('{0}: {1}, without the feature {2}', token, was, is),
    loss: (token, was, is, change) =>
      t('{0}: loss {1}, without the feature {2}, {3}', token, was, is, change),
  };
}

function wordsOfNeuron({ feature }: FeatureRef): EffectWords {
  return {
    takenOut: t('Neuron {0} is taken out of this token alone', feature),
    without: (effect) => t('Without neuron {0}: {1}', feature, effect),
    notActive: t('The neuron is not active here: taking it out changes nothing.'),
    divergence: t(
      'Divergence of what is expected without the neuron from what is expected with it',
    ),
    expectedNext: (kl) => t('Expected next, with and without the neuron: divergence {0}', kl),
    likely: (token, was, is) => t('{0}: {1}, without the neuron {2}', token, was, is),
    loss: (token, was, is, change) =>
      t('{0}: loss {1}, without the neuron {2}, {3}', token, was, is, change),
  };
}
