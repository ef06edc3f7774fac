// How much: a slider, the same as a number, and the unit. The number may go beyond the slider.
import { t } from '../../../src/shared/l10n.ts';
import { dropdown, numberField, slider } from '../../common/ui.ts';
import { type DraftEdit, unitsOf } from '../draft/draftEdit.ts';
import { amountRange, inUnit } from './amounts.ts';
import { unitName } from './editText.ts';

export interface AmountControlsOptions {
  readonly edit: DraftEdit;
  /** What the feature is called. */
  readonly name: string;
  /** Largest activation that the feature store knows, 0 where it knows none. */
  readonly max: number;
  /** For the slider alone: also what only the prompt tells. */
  readonly yardstick: number;
  readonly onAmount: (amount: number) => void;
  readonly onUnit: (part: Pick<DraftEdit, 'unit' | 'amount'>) => void;
}

/** None where the operation has no amount. */
export function amountControls(options: AmountControlsOptions): readonly HTMLElement[] {
  const { edit, name, max, yardstick, onAmount, onUnit } = options;
  const range = amountRange(edit.operation, edit.unit, yardstick);
  if (range === undefined) return [];
  const { step } = range;
  const bar = slider({
    ...{ label: t('Strength for feature {0}', name), ...range, value: edit.amount },
    onInput: (value) => {
      field.value = value;
      onAmount(value);
    },
  });
  const field = numberField({
    ...{ label: t('Strength for feature {0}, as a number', name), step, value: edit.amount },
    onInput: (value) => {
      bar.value = value;
      onAmount(value);
    },
  });
  bar.element.dataset['control'] = 'slider';
  field.element.dataset['control'] = 'amount';
  const units = unitsOf(edit.operation, max);
  if (units.length < 2) return [bar.element, field.element];
  const unit = dropdown({
    label: t('Unit of the strength for feature {0}', name),
    choices: units.map((value) => ({ value, label: unitName(value) })),
    value: edit.unit,
    onChange: (chosen) => {
      const amount = inUnit(field.value, { from: edit.unit, to: chosen }, { ...edit, max });
      onUnit({ unit: chosen, amount });
    },
  });
  unit.classList.add('unit');
  unit.dataset['control'] = 'unit';
  return [bar.element, field.element, unit];
}
