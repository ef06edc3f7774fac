// Features, and the tokens they are strongest on, as entries of lists. Without VS Code.
import type { FeatureBrief, FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import { featureName } from '../../../shared/featureName.ts';
import { featureKey } from '../../../shared/featureRef.ts';
import { t } from '../../../shared/l10n.ts';
import { countText, multipleText } from '../../../shared/numberText.ts';
import type { PaletteName } from '../../../shared/palette.ts';
import type { TreeEntry } from '../../trees/treeEntry.ts';
import { meanLossOf, scoreOf } from './featureRankings.ts';
import type { Ranking } from './featureRankings.ts';
import type { RankedSum } from './featureSelection.ts';
import type { FeatureSum } from './featureSums.ts';
import { activationText, featureLabel, percent } from './featureText.ts';
import type { Excerpt, Occurrence } from './strongestTokens.ts';
import { featureSwatch, pinnedSwatch } from './swatch.ts';

/** An entry that stands for a feature: the commands of its menu find out which one. */
export interface FeatureEntry extends TreeEntry, FeatureRef {}

export interface ListedFeature {
  readonly ref: FeatureRef;
  readonly brief: FeatureBrief | undefined;
  /** Colour of a pinned feature; absent for others. */
  readonly slot?: number | undefined;
  readonly palette: PaletteName;
}

/** What every list says of a feature that can be looked at now. */
export function featureEntry({
  ref,
  brief,
  slot,
  palette,
}: ListedFeature): Omit<FeatureEntry, 'spoken'> {
  const { sae, feature } = ref;
  const label = featureLabel(brief);
  return {
    sae,
    feature,
    id: featureKey(ref),
    label: label === '' ? `#${feature}` : `#${feature} ${label}`,
    icon: {
      swatch: slot === undefined ? featureSwatch(feature, palette) : pinnedSwatch(slot, palette),
    },
    context: slot === undefined ? 'feature' : 'pinnedFeature',
    command: { name: 'openFeature', args: [feature, sae] },
  };
}

/** A feature among those of a file. @param file how the list is ranked, and how many tokens count */
export function fileFeatureEntry(
  listed: ListedFeature,
  sum: RankedSum,
  file: { readonly ranking: Ranking; readonly tokens: number },
): FeatureEntry {
  const { ranking, tokens } = file;
  const score = scoreText(sum.score, ranking);
  const ratio = ratioOf(sum, tokens, listed.brief);
  const isRatioNews = ranking !== 'density' && ratio !== undefined;
  const facts = [score, tokensText(sum.tokens), ...(isRatioNews ? [ratioText(ratio)] : [])];
  return {
    ...featureEntry(listed),
    description: facts.join(' · '),
    tooltip: [
      title(listed),
      t('Total activation {0}, largest {1}', activationText(sum.total), activationText(sum.max)),
      t('Active on {0} of {1} tokens ({2})', sum.tokens, tokens, percent(sum.tokens / tokens)),
      ...lossLine(sum),
      ...densityLine(listed.brief, ratio),
    ].join('\n'),
    spoken: [title(listed), spokenScore(score, ranking), tokensText(sum.tokens)].join(', '),
    opens: 'collapsed',
  };
}

/** The end of a list that is longer than anybody reads. @param more how many are not listed */
export function moreEntry(sae: SaePlace, more: number): TreeEntry {
  const label = t('{0} more; a filter finds them', countText(more));
  return {
    id: `more:${sae}`,
    label,
    icon: { codicon: 'filter' },
    command: { name: 'filterFeatures', args: [] },
    spoken: label,
  };
}

/** Where a feature is active. */
export interface PlaceEntry extends TreeEntry {
  readonly start: number;
  readonly end: number;
}

/**
 * @param at position in the list
 * @param place line from 1, what stands there, and the document
 */
export function placeEntry(
  ref: FeatureRef,
  at: number,
  { start, end, activation }: Occurrence,
  place: { readonly line: number; readonly excerpt: Excerpt; readonly document: string },
): PlaceEntry {
  const { line, excerpt, document } = place;
  const strength = activationText(activation);
  return {
    start,
    end,
    id: `${featureKey(ref)}@${at}`,
    label: excerpt.text,
    highlight: excerpt.highlight,
    description: t('line {0} · {1}', line, strength),
    command: { name: 'goToToken', args: [start, end, document] },
    spoken: t('Line {0}, activation {1}: {2}', line, strength, excerpt.text),
  };
}

export function tokensText(tokens: number): string {
  return tokens === 1 ? t('1 token') : t('{0} tokens', countText(tokens));
}

function title({ ref, brief, slot }: ListedFeature): string {
  const label = featureLabel(brief);
  const name = label === '' ? featureName(ref) : t('{0}: {1}', featureName(ref), label);
  return slot === undefined ? name : t('{0} (pinned)', name);
}

function ratioOf(
  sum: FeatureSum,
  tokens: number,
  brief: FeatureBrief | undefined,
): number | undefined {
  return scoreOf(sum, 'density', { tokens }, () => brief?.density);
}

function scoreText(score: number, ranking: Ranking): string {
  switch (ranking) {
    case 'total':
      return activationText(score);
    case 'surprise':
      return t('{0} nats', activationText(score));
    case 'density':
      return ratioText(score);
  }
}

function spokenScore(score: string, ranking: Ranking): string {
  switch (ranking) {
    case 'total':
      return t('total activation {0}', score);
    case 'surprise':
      return t('loss {0}', score);
    case 'density':
      return t('{0} as often as in the corpus', score);
  }
}

function ratioText(ratio: number): string {
  return multipleText(ratio);
}

function lossLine(sum: FeatureSum): readonly string[] {
  const loss = meanLossOf(sum);
  return loss === undefined
    ? []
    : [t('Mean loss where it is active, by activation: {0} nats', activationText(loss))];
}

function densityLine(
  brief: FeatureBrief | undefined,
  ratio: number | undefined,
): readonly string[] {
  if (brief === undefined || ratio === undefined) return [];
  const [corpus, times] = [percent(brief.density), ratioText(ratio)];
  return [
    t('Active on {0} of the corpus: here {1} as often, few occurrences smoothed', corpus, times),
  ];
}
