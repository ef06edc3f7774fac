// How much: a slider, the same as a number, and the unit. The number may go beyond the slider.
import { t } from '../../../src/shared/l10n.ts';
import { dropdown, numberField, slider } from '../../common/ui.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { type Measure, unitsOf } from '../draft/edit/measure.ts';
import { amountRange, inUnit } from './amounts.ts';
import { unitName } from './editText.ts';

export interface AmountControlsOptions {
  readonly edit: DraftEdit;
  /** What is edited, within a sentence. */
  readonly name: string;
  readonly measure: Measure;
  readonly onAmount: (amount: number) => void;
  readonly onUnit: (part: Pick<DraftEdit, 'unit' | 'amount'>) => void;
}

/** None where the operation has no amount. */
export function amountControls(options: AmountControlsOptions): readonly HTMLElement[] {
  const { edit, name, measure, onAmount, onUnit } = options;
  const range = amountRange(edit.operation, edit.unit, measure.yardstick);
  if (range === undefined) return [];
  const { step } = range;
  const bar = slider({
    ...{ label: t('Strength for {0}', name), ...range, value: edit.amount },
    onInput: (value) => {
      field.value = value;
      onAmount(value);
    },
  });
  const field = numberField({
    ...{ label: t('Strength for {0}, as a number', name), step, value: edit.amount },
    onInput: (value) => {
      bar.value = value;
      onAmount(value);
    },
  });
  bar.element.dataset['control'] = 'slider';
  field.element.dataset['control'] = 'amount';
  const units = unitsOf(edit.operation, measure);
  if (units.length < 2) return [bar.element, field.element];
  const unit = dropdown({
    label: t('Unit of the strength for {0}', name),
    choices: units.map((value) => ({ value, label: unitName(value) })),
    value: edit.unit,
    onChange: (chosen) => {
      const units = { from: edit.unit, to: chosen };
      onUnit({ unit: chosen, amount: inUnit(field.value, units, edit.operation, measure) });
    },
  });
  unit.classList.add('unit');
  unit.dataset['control'] = 'unit';
  return [bar.element, field.element, unit];
}
