// What lists call the things in them: features, or neurons where layers are read without an SAE. Whole sentences, since
// other languages bend their words. Without VS Code.
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import { areNeurons } from '../../../shared/featureName.ts';
import { t } from '../../../shared/l10n.ts';
import { countText } from '../../../shared/numberText.ts';

export interface ListWords {
  readonly count: (count: number) => string;
  readonly noneOnToken: string;
  readonly noneInFile: string;
  /** Those of the token in front of a text. */
  readonly hidden: string;
  readonly hiddenBy: (setting: string) => string;
  readonly leftOutByFilters: (count: number) => string;
  readonly leftOutBySettings: (count: number) => string;
  /** @param typed what narrows the list down */
  readonly filtered: (typed: string, fitting: number, active: number) => string;
  readonly withoutLoss: (count: number) => string;
  readonly withoutDensity: (count: number) => string;
  /** @param kept how many the analysis has of a token */
  readonly shareOfKept: (share: string, kept: number) => string;
  /** What is typed into a search. */
  readonly searchedBy: string;
  /** What is typed where one is chosen. */
  readonly chosenBy: string;
}

/** @param saes in which what is listed was found */
export function listWords(saes: readonly SaePlace[]): ListWords {
  return areNeurons(saes) ? wordsOfNeurons() : wordsOfFeatures();
}

function wordsOfFeatures(): ListWords {
  return {
    count: (count) => {
      if (count === 0) return t('no features');
      return count === 1 ? t('1 feature') : t('{0} features', countText(count));
    },
    noneOnToken: t('No feature is active on this token.'),
    noneInFile: t('No feature is active in this file.'),
    hidden: t('features hidden'),
    hiddenBy: (setting) => t('Features of this token are hidden by the setting {0}', setting),
    leftOutByFilters: (count) =>
      count === 1
        ? t('1 feature is left out by your filters')
        : t('{0} features are left out by your filters', count),
    leftOutBySettings: (count) =>
      count === 1
        ? t('1 feature is left out by the settings.')
        : t('{0} features are left out by the settings.', count),
    filtered: (typed, fitting, active) =>
      t('Filter “{0}”: {1} of {2} features; an empty filter shows all.', typed, fitting, active),
    withoutLoss: (count) => t('{0} features are active only where there is no loss.', count),
    withoutDensity: (count) => t('The corpus density of {0} features is not known.', count),
    shareOfKept: (share, kept) =>
      t('{0} of the summed activation of the {1} strongest features', share, kept),
    searchedBy: t('Number of a feature, or words of the tokens it peaks on'),
    chosenBy: t('Number of a feature, or a word it stands for'),
  };
}

function wordsOfNeurons(): ListWords {
  return {
    count: (count) => {
      if (count === 0) return t('no neurons');
      return count === 1 ? t('1 neuron') : t('{0} neurons', countText(count));
    },
    noneOnToken: t('No neuron is active on this token.'),
    noneInFile: t('No neuron is active in this file.'),
    hidden: t('neurons hidden'),
    hiddenBy: (setting) => t('Neurons of this token are hidden by the setting {0}', setting),
    leftOutByFilters: (count) =>
      count === 1
        ? t('1 neuron is left out by your filters')
        : t('{0} neurons are left out by your filters', count),
    leftOutBySettings: (count) =>
      count === 1
        ? t('1 neuron is left out by the settings.')
        : t('{0} neurons are left out by the settings.', count),
    filtered: (typed, fitting, active) =>
      t('Filter “{0}”: {1} of {2} neurons; an empty filter shows all.', typed, fitting, active),
    withoutLoss: (count) => t('{0} neurons are active only where there is no loss.', count),
    withoutDensity: (count) => t('The corpus density of {0} neurons is not known.', count),
    shareOfKept: (share, kept) =>
      t('{0} of the summed activation of the {1} strongest neurons', share, kept),
    searchedBy: t('Number of a neuron, or words of the tokens it peaks on'),
    chosenBy: t('Number of a neuron, or a word it responds to'),
  };
}
