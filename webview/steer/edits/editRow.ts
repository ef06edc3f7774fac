// One row of a list: what is offered for editing, and the edit. The simple case is one line with a slider; conditions wait
// behind a button.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerSae } from '../../../src/shared/webviewProtocol.ts';
import { disclosure } from '../../common/disclosure.ts';
import { element } from '../../common/element.ts';
import { button, dropdown } from '../../common/ui.ts';
import {
  type DraftEdit,
  type EditValues,
  type Operation,
  choicesFor,
} from '../draft/edit/draftEdit.ts';
import { type Measure, unitsOf } from '../draft/edit/measure.ts';
import { targetKey } from '../draft/edit/target.ts';
import { amountControls } from './amountControls.ts';
import { amountRange } from './amounts.ts';
import { conditionControls } from './conditions.ts';
import { editText, operationName } from './editText.ts';

export interface EditRowActions {
  readonly onEdit: (edit: DraftEdit) => void;
  /** Conditions are shown, or no longer. */
  readonly onToggle: (isOpen: boolean) => void;
  readonly onSweep: () => void;
  readonly onRemove: () => void;
}

export interface EditRowOptions extends EditRowActions {
  readonly edit: DraftEdit;
  /** What is edited, within a sentence. */
  readonly name: string;
  /** The same, to be seen: stands in front of the edit. */
  readonly head: readonly HTMLElement[];
  readonly measure: Measure;
  readonly saes: readonly SteerSae[];
  readonly isOpen: boolean;
}

export function editRow(options: EditRowOptions): HTMLElement {
  const { name, measure } = options;
  let { edit, isOpen } = options;
  const details = element('div', { class: 'edit-details' });
  const explanation = element('p', { class: 'explanation quiet' });
  const row = element('li', {
    class: 'edit-row',
    attributes: { 'data-target': targetKey(edit) },
  });

  const explain = (): void => {
    explanation.textContent = editText(edit, measure);
    row.classList.toggle('is-edited', edit.operation !== 'none');
  };
  const change = (part: Partial<EditValues>): void => {
    edit = { ...edit, ...part };
    explain();
    options.onEdit(edit);
  };
  const showDetails = (): void => {
    explain();
    details.hidden = edit.operation === 'none';
    if (edit.operation === 'none') {
      details.replaceChildren();
      return;
    }
    const conditions = conditionControls({
      ...{ edit, name, saes: options.saes, onChange: change },
    });
    const more = disclosure({
      ...{ label: t('More'), name: t('More for {0}', name) },
      content: conditions,
      isOpen,
      onToggle: (shown) => {
        isOpen = shown;
        options.onToggle(shown);
      },
    });
    more.element.dataset['control'] = 'more';
    const amounts = amountControls({
      ...{ edit, name, measure },
      onAmount: (amount) => {
        change({ amount });
      },
      onUnit: (part) => {
        change(part);
        showDetails();
        details.querySelector<HTMLElement>('.unit')?.focus();
      },
    });
    details.replaceChildren(
      element('div', { class: 'amounts' }, ...amounts),
      explanation,
      element(
        'div',
        { class: 'edit-actions' },
        ...sweepButton(edit, name, options.onSweep),
        more.element,
      ),
      conditions,
    );
  };
  const operation = dropdown({
    label: t('Edit of {0}', name),
    choices: choicesFor(edit).operations.map((value) => ({ value, label: operationName(value) })),
    value: edit.operation,
    onChange: (value) => {
      change({ operation: value, ...startOf(value, measure) });
      showDetails();
    },
  });
  operation.classList.add('operation');
  operation.dataset['control'] = 'operation';
  const remove = button({
    label: t('Remove {0} from the list', name),
    icon: 'remove',
    iconOnly: true,
    onPress: options.onRemove,
  });
  row.append(...options.head, operation, remove.element, details);
  showDetails();
  return row;
}

/** None where there is no strength to sweep. */
function sweepButton(
  { operation }: DraftEdit,
  name: string,
  onPress: () => void,
): readonly HTMLElement[] {
  if (operation === 'ablate') return [];
  const title = t('Try {0} at several strengths', name);
  const control = button({ label: t('Sweep'), icon: 'sweep', title, onPress });
  control.element.dataset['control'] = 'sweep';
  return [control.element];
}

/** Unit and amount when an operation is chosen. */
function startOf(operation: Operation, measure: Measure): Partial<EditValues> {
  const [unit] = unitsOf(operation, measure);
  const range = amountRange(operation, unit ?? 'activation', measure.yardstick);
  return { ...(unit && { unit }), amount: range?.initial ?? 0 };
}
