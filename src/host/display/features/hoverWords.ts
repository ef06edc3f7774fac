// What hovers call the things that are active on a token: features, or neurons where a layer is read without an SAE. Whole
// sentences, since other languages bend their words. Without VS Code.
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import { t } from '../../../shared/l10n.ts';
import { siteOfNeurons } from '../../../shared/saePlace.ts';

interface HoverWords {
  /** Above their column. */
  readonly column: string;
  readonly none: string;
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
  return siteOfNeurons(sae) === undefined ? wordsOfFeatures() : wordsOfNeurons();
}

/** @param saes in which they were found */
export function leftOutText(count: number, saes: readonly SaePlace[]): string {
  if (saes.every((sae) => siteOfNeurons(sae) !== undefined)) {
    return count === 1
      ? t('1 neuron is left out by your filters')
      : t('{0} neurons are left out by your filters', count);
  }
  return count === 1
    ? t('1 feature is left out by your filters')
    : t('{0} features are left out by your filters', count);
}

function wordsOfFeatures(): HoverWords {
  return {
    column: t('feature'),
    none: t('No feature is active on this token.'),
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
    none: t('No neuron is active on this token.'),
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
