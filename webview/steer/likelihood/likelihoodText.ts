// What a measurement found, in words. Pure.
import { t } from '../../../src/shared/l10n.ts';
import { figureText, numberText, percentText, signedText } from '../../../src/shared/numberText.ts';
import { visibleToken } from '../../common/tokenText.ts';
import type { JudgedToken, Likelihood } from './measurement.ts';

/** Factors in between are read more easily as numbers than as powers of e. */
const readableFactors = { least: 0.001, most: 1e6 };

/** How much likelier the edits make the continuation, in one sentence. */
export function verdictText({ baseline, steered }: Likelihood): string {
  const gain = baseline.sum - steered.sum;
  if (!Number.isFinite(gain)) {
    return t('The probability of the continuation cannot be computed: weaken the edits.');
  }
  const factor = Math.exp(gain);
  if (figureText(factor) === figureText(1)) {
    return t('With the edits the continuation is about as likely as without them.');
  }
  return factor >= readableFactors.least && factor < readableFactors.most
    ? t(
        'With the edits the continuation is {0} times as likely as without them.',
        figureText(factor),
      )
    : t(
        'With the edits the continuation is e^{0} times as likely as without them.',
        numberText(gain),
      );
}

/** Name, baseline, steered, and what the edits change. */
export type LikelihoodRow = readonly [string, string, string, string];

export function likelihoodRows({ tokens, baseline, steered }: Likelihood): LikelihoodRow[] {
  const losses = (name: string, before: number, after: number): LikelihoodRow => [
    ...([name, numberText(before), numberText(after), signedText(after - before)] as const),
  ];
  const count = tokens.length;
  return [
    losses(t('Loss in nats'), baseline.sum, steered.sum),
    losses(t('Mean per token'), baseline.sum / count, steered.sum / count),
    [
      t('Perplexity'),
      ...([numberText(baseline.perplexity), numberText(steered.perplexity)] as const),
      `${figureText(steered.perplexity / baseline.perplexity)}×`,
    ],
  ];
}

/** A token and its losses, line by line. */
export function judgedLines({ text, baseline, steered }: JudgedToken): readonly string[] {
  return [
    visibleToken(text),
    t('Baseline: loss {0} nats, probability {1}', numberText(baseline), likely(baseline)),
    t('Steered: loss {0} nats, probability {1}', numberText(steered), likely(steered)),
    t('Change {0} nats', signedText(steered - baseline)),
  ];
}

/** @param loss −ln p in nats */
function likely(loss: number): string {
  return percentText(Math.exp(-loss));
}
