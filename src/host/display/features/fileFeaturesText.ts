// What the list of a file's features says above itself: how it is ranked, what narrows it down, what is left out.
// Without VS Code.
import { t } from '../../../shared/l10n.ts';
import type { Ranking } from './featureRankings.ts';
import type { Selection } from './featureSelection.ts';
import type { ListWords } from './listWords.ts';

/** In few words, behind the name of the view. */
export function rankingName(ranking: Ranking): string {
  switch (ranking) {
    case 'total':
      return t('by total activation');
    case 'surprise':
      return t('by surprise');
    case 'density':
      return t('by density ratio');
  }
}

export interface RankingChoice {
  readonly label: string;
  readonly detail: string;
  readonly ranking: Ranking;
}

/** For a list to choose from. */
export function rankingChoices(): readonly RankingChoice[] {
  return [
    {
      label: t('Total activation'),
      detail: t('What is strongest in this file, summed over its tokens'),
      ranking: 'total',
    },
    {
      label: t('Surprise'),
      detail: t(
        'What is active where the model expected something else: the mean loss there, by activation',
      ),
      ranking: 'surprise',
    },
    {
      label: t('Density ratio'),
      detail: t('What is more frequent here than in the corpus: what is special about this file'),
      ranking: 'density',
    },
  ];
}

/** What is said of all SAEs together; empty where there is nothing to say. */
export function listMessage(
  selections: readonly Selection[],
  { words: typed, ranking }: { readonly words: string; readonly ranking: Ranking },
  words: ListWords,
): string {
  const sum = (of: (selection: Selection) => number): number =>
    selections.reduce((total, selection) => total + of(selection), 0);
  const [active, fitting, leftOut] = [
    sum((s) => s.active),
    sum((s) => s.fitting),
    sum((s) => s.leftOut),
  ];
  const sentences = [];
  if (typed !== '') sentences.push(words.filtered(typed, fitting, active));
  if (leftOut > 0) sentences.push(words.leftOutBySettings(leftOut));
  const unranked = sum((s) => s.unranked);
  if (unranked > 0) {
    const sentence = ranking === 'surprise' ? words.withoutLoss : words.withoutDensity;
    sentences.push(sentence(unranked));
  }
  return sentences.join(' ');
}
