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
  if (gain === 0) return t('The edits change nothing about how likely the continuation is.');
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

export interface LikelihoodRow {
  readonly name: string;
  readonly baseline: string;
  readonly steered: string;
  readonly change: string;
}

export function likelihoodRows({ tokens, baseline, steered }: Likelihood): LikelihoodRow[] {
  const count = tokens.length;
  return [
    lossRow(t('Loss in nats'), baseline.sum, steered.sum),
    lossRow(t('Mean per token'), baseline.sum / count, steered.sum / count),
    {
      name: t('Perplexity'),
      baseline: numberText(baseline.perplexity),
      steered: numberText(steered.perplexity),
      change: `${figureText(steered.perplexity / baseline.perplexity)}×`,
    },
  ];
}

function lossRow(name: string, baseline: number, steered: number): LikelihoodRow {
  return {
    ...{ name, baseline: numberText(baseline), steered: numberText(steered) },
    change: signedText(steered - baseline),
  };
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
