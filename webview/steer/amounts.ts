// Sensible ranges for the amount of an edit, and edits in words. Amounts are activations, except for `scale`, where they
// are factors. The largest activation in the corpus is the yardstick, as in Anthropic's "Scaling Monosemanticity".
import type { FeatureEdit, FeatureRef } from '../../src/shared/engineProtocol.ts';
import { t } from '../../src/shared/l10n.ts';
import { factorText, multipleText, numberText } from '../../src/shared/numberText.ts';

export type Operation = FeatureEdit['operation'] | 'none';

export interface AmountRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What the amount is when the operation is chosen. */
  readonly initial: number;
}

/** Yardstick for a feature whose largest activation is not known. */
const unknownMax = 10;

/** The range of the slider, `undefined` where the operation has no amount. */
export function amountRange(operation: Operation, maxActivation: number): AmountRange | undefined {
  const max = maxActivation > 0 ? maxActivation : unknownMax;
  switch (operation) {
    case 'none':
    case 'ablate':
      return undefined;
    case 'scale':
      return { min: 0, max: 4, step: 0.05, initial: 2 };
    case 'clamp':
      return ranged(0, 4 * max, 2 * max);
    case 'add':
      return ranged(-4 * max, 4 * max, max);
    case 'project':
      return { min: -2, max: 4, step: 0.05, initial: 0 };
    case 'cap':
      return ranged(-2 * max, 2 * max, 0);
  }
}

/** What an edit does, in one line. */
export function editText(operation: Operation, amount: number, maxActivation: number): string {
  const value = numberText(amount);
  const share = multipleText(amount / maxActivation);
  switch (operation) {
    case 'none':
      return '';
    case 'ablate':
      return t('Switched off: its activation becomes 0.');
    case 'scale':
      return t('Its activation is multiplied by {0}.', factorText(amount));
    case 'clamp':
      return maxActivation > 0
        ? t('Its activation is {0} on every token ({1} its max).', value, share)
        : t('Its activation is {0} on every token.', value);
    case 'add':
      return maxActivation > 0
        ? t('{0} is added on every token ({1} its max).', value, share)
        : t('{0} is added on every token.', value);
    case 'project':
      return t(
        'The part of the stream along its direction is multiplied by {0}.',
        factorText(amount),
      );
    case 'cap':
      return t('The part of the stream along its direction is {0} at most.', value);
  }
}

/** The edit as the host wants it; `undefined` for none. */
export function toEdit(
  { sae, feature }: FeatureRef,
  operation: Operation,
  amount: number,
): FeatureEdit | undefined {
  if (operation === 'none') return undefined;
  return operation === 'ablate' ? { sae, feature, operation } : { sae, feature, operation, amount };
}

/** Bounds on a round grid of 200 steps or more; the start is exact, the slider shows the nearest step. */
function ranged(min: number, max: number, initial: number): AmountRange {
  const step = roundStep((max - min) / 200);
  const snap = (value: number): number => Number((Math.round(value / step) * step).toPrecision(12));
  return { min: snap(min), max: snap(max), step, initial: Number(initial.toPrecision(4)) };
}

/** The nearest of 1, 2 and 5 × a power of ten that is not larger. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const lead = [5, 2, 1].find((candidate) => candidate * power <= size * 1.000001) ?? 1;
  return Number((lead * power).toPrecision(12));
}
