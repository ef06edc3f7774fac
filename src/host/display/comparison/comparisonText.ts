// The changes of a comparison in words: for a row of a tree, its tooltip and screen readers. Plain text; what comes from
// files and models is one line with nothing invisible in it. Without VS Code.
import type { FeatureBrief } from '../../../shared/engineProtocol.ts';
import { featureName } from '../../../shared/featureName.ts';
import { t } from '../../../shared/l10n.ts';
import { countText } from '../../../shared/numberText.ts';
import type { FeatureChange, TextComparison } from '../../../shared/readingProtocol.ts';
import type { FeatureIndex } from '../../../shared/units.ts';
import { activationText, featureLabel, visibleToken } from '../features/featureText.ts';

export interface NodeTexts {
  readonly label: string;
  readonly description: string;
  /** Plain text, several lines. */
  readonly tooltip: string;
  /** For screen readers: the whole row in words. */
  readonly spoken: string;
}

/** A feature that is active on a token. */
export interface TokenFeature {
  readonly feature: FeatureIndex;
  readonly activation: number;
}

export function changeTexts(
  change: 'gained' | 'lost',
  feature: FeatureChange,
  brief: FeatureBrief | undefined,
): NodeTexts {
  const about = featureLabel(brief);
  const label = about === '' ? `#${feature.feature}` : `#${feature.feature} ${about}`;
  const before = { total: total(feature.leftTotal), tokens: countText(feature.leftTokens) };
  const after = { total: total(feature.rightTotal), tokens: countText(feature.rightTokens) };
  const peak = visibleToken(feature.peakToken);
  const where = change === 'gained' ? t('the right text') : t('the left text');
  const facts = [
    t('Sum of its activations: {0} → {1}', before.total, after.total),
    t('Tokens on which it is active: {0} → {1}', before.tokens, after.tokens),
    t('Peaks on “{0}” in {1}', peak, where),
  ];
  const verb = change === 'gained' ? t('gained') : t('lost');
  return {
    label,
    description: t(
      '{0} → {1} on {2} → {3} tokens',
      before.total,
      after.total,
      before.tokens,
      after.tokens,
    ),
    tooltip: [featureName(feature, label), ...facts].join('\n'),
    spoken: [
      ...[featureName(feature), verb, about === '' ? t('no label') : about],
      t('activation in sum from {0} to {1}', before.total, after.total),
      t('on {0} tokens before, {1} after', before.tokens, after.tokens),
      t('strongest on {0} in {1}', peak, where),
    ].join(', '),
  };
}

/** @param strongest `undefined` on a side where no feature is active */
export function tokenTexts(
  token: string,
  strongest: {
    readonly left?: TokenFeature | undefined;
    readonly right?: TokenFeature | undefined;
  },
  brief: (feature: number) => FeatureBrief | undefined,
): NodeTexts {
  const { left, right } = strongest;
  const label = visibleToken(token);
  const nameOf = (side: TokenFeature | undefined): string =>
    side === undefined ? t('none') : `#${side.feature}`;
  const inFull = (side: TokenFeature | undefined): string => {
    if (side === undefined) return t('no active feature');
    const about = featureLabel(brief(side.feature));
    const named = about === '' ? nameOf(side) : `${nameOf(side)} ${about}`;
    return t('{0} with {1}', named, activationText(side.activation));
  };
  return {
    label,
    description: `${nameOf(left)} → ${nameOf(right)}`,
    tooltip: [label, t('Left: {0}', inFull(left)), t('Right: {0}', inFull(right))].join('\n'),
    spoken: t('Token {0}, strongest feature from {1} to {2}', label, inFull(left), inFull(right)),
  };
}

/** What the two texts are beside each other, in one line. */
export function comparisonSummary({
  leftTokens,
  rightTokens,
  commonTokens,
}: TextComparison): string {
  const [left, right, common] = [leftTokens, rightTokens, commonTokens].map(countText);
  return t('{0} → {1} tokens, {2} of them in both.', left ?? '', right ?? '', common ?? '');
}

function total(sum: number): string {
  return sum === 0 ? '0' : activationText(sum);
}
