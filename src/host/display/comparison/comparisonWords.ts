// What groups of a comparison are called: features of an SAE, or neurons of the model. Without VS Code.
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import { isNeuron } from '../../../shared/featureName.ts';
import { t } from '../../../shared/l10n.ts';

interface ComparisonWords {
  readonly gained: (count: string) => string;
  readonly lost: (count: string) => string;
  readonly changed: (count: string) => string;
}

export function comparisonWords(sae: SaePlace): ComparisonWords {
  return isNeuron({ sae })
    ? {
        gained: (count) => t('Neurons gained ({0})', count),
        lost: (count) => t('Neurons lost ({0})', count),
        changed: (count) => t('Tokens whose strongest neuron changed ({0})', count),
      }
    : {
        gained: (count) => t('Features gained ({0})', count),
        lost: (count) => t('Features lost ({0})', count),
        changed: (count) => t('Tokens whose strongest feature changed ({0})', count),
      };
}
