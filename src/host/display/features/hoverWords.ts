// What hovers call the things that are active on a token, beyond what lists call them: features, or neurons where a layer
// is read without an SAE. Without VS Code.
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import { isNeuron } from '../../../shared/featureName.ts';
import { t } from '../../../shared/l10n.ts';

interface HoverWords {
  /** Above their column. */
  readonly column: string;
  /** None but those that are left out. */
  readonly noOther: string;
  /** @param kept how many the analysis has of the token */
  readonly ofKept: (kept: number) => string;
  /** What links do. */
  readonly open: string;
  readonly pin: string;
  readonly unpin: string;
  readonly steer: string;
  readonly boost: string;
  readonly ablate: string;
}

export function hoverWords(sae: SaePlace): HoverWords {
  return isNeuron({ sae }) ? wordsOfNeurons() : wordsOfFeatures();
}

function wordsOfFeatures(): HoverWords {
  return {
    column: t('feature'),
    noOther: t('No other feature is active on this token.'),
    ofKept: (kept) =>
      t('Of the summed activation of the {0} strongest features, which are those kept', kept),
    open: t('Show what this feature means'),
    pin: t('Keep this feature, with a colour of its own'),
    unpin: t('Keep this feature no longer'),
    steer: t('Steer with this feature'),
    boost: t('Continue the text from here with this feature boosted'),
    ablate: t('Take this feature out of this token and see what the model expects then'),
  };
}

function wordsOfNeurons(): HoverWords {
  return {
    column: t('neuron'),
    noOther: t('No other neuron is active on this token.'),
    ofKept: (kept) =>
      t('Of the summed activation of the {0} strongest neurons, which are those kept', kept),
    open: t('Show what this neuron responds to'),
    pin: t('Keep this neuron, with a colour of its own'),
    unpin: t('Keep this neuron no longer'),
    steer: t('Steer with this neuron'),
    boost: t('Continue the text from here with this neuron boosted'),
    ablate: t('Take this neuron out of this token and see what the model expects then'),
  };
}
