// What the list of a file's features says above itself: how it is ranked, what narrows it down, what is left out.
// Without VS Code.
import { t } from '../../../shared/l10n.ts';
import type { Ranking } from './featureRankings.ts';
import type { Selection } from './featureSelection.ts';

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
  { words, ranking }: { readonly words: string; readonly ranking: Ranking },
): string {
  const sum = (of: (selection: Selection) => number): number =>
    selections.reduce((total, selection) => total + of(selection), 0);
  const [active, fitting, leftOut] = [
    sum((s) => s.active),
    sum((s) => s.fitting),
    sum((s) => s.leftOut),
  ];
  const sentences = [];
  if (words !== '') {
    sentences.push(
      t('Filter “{0}”: {1} of {2} features; an empty filter shows all.', words, fitting, active),
    );
  }
  if (leftOut > 0) {
    sentences.push(
      leftOut === 1
        ? t('1 feature is left out by the settings.')
        : t('{0} features are left out by the settings.', leftOut),
    );
  }
  const unranked = sum((s) => s.unranked);
  if (unranked > 0) sentences.push(unrankedSentence(unranked, ranking));
  return sentences.join(' ');
}

function unrankedSentence(count: number, ranking: Ranking): string {
  return ranking === 'surprise'
    ? t('{0} features are active only where there is no loss.', count)
    : t('The corpus density of {0} features is not known.', count);
}
