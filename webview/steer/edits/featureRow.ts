// One feature offered for editing: what it is, how active it is here, and the edit. The simple case is one line with a
// slider; conditions wait behind a button.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerFeature } from '../../../src/shared/webviewProtocol.ts';
import { disclosure } from '../../common/disclosure.ts';
import { element } from '../../common/element.ts';
import { paintFeature } from '../../common/featureColour.ts';
import { button, dropdown } from '../../common/ui.ts';
import { type DraftEdit, type Operation, knownMax, unitsOf } from '../draft/draftEdit.ts';
import { amountControls } from './amountControls.ts';
import { amountRange } from './amounts.ts';
import { conditionControls } from './conditions.ts';
import { editText, operationName } from './editText.ts';
import { activity, identity } from './featureFacts.ts';

const operations: readonly Operation[] = [
  ...(['none', 'ablate', 'scale', 'clamp', 'add', 'project', 'cap'] as const),
];

export interface FeatureRowOptions {
  readonly feature: SteerFeature;
  readonly edit: DraftEdit;
  /** What its SAE is called, where there are several. */
  readonly saeLabel: string | undefined;
  readonly isOpen: boolean;
  readonly onEdit: (edit: DraftEdit) => void;
  readonly onToggle: (isOpen: boolean) => void;
  readonly onSweep: () => void;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
}

export function featureRow(options: FeatureRowOptions): HTMLElement {
  const { feature } = options;
  const { brief } = feature;
  const name = nameOf(options);
  const max = knownMax(feature);
  let edit = options.edit;
  let { isOpen } = options;
  const details = element('div', { class: 'edit-details' });
  const explanation = element('p', { class: 'explanation quiet' });
  const row = element('li', {
    class: 'feature-row',
    attributes: { 'data-feature': brief.feature, 'data-sae': feature.sae },
  });
  paintFeature(row, brief.feature);

  const explain = (): void => {
    explanation.textContent = editText(edit, max);
    row.classList.toggle('is-edited', edit.operation !== 'none');
  };
  const change = (part: Partial<DraftEdit>): void => {
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
    const conditions = conditionControls(edit, name, change);
    const more = disclosure({
      ...{ label: t('More'), name: t('More for feature {0}', name) },
      content: conditions,
      isOpen,
      onToggle: (shown) => {
        isOpen = shown;
        options.onToggle(shown);
      },
    });
    more.element.dataset['control'] = 'more';
    const amounts = amountControls({
      ...{ edit, name, max, yardstick: brief.maxActivation },
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
    label: t('Edit of feature {0}', name),
    choices: operations.map((value) => ({ value, label: operationName(value) })),
    value: edit.operation,
    onChange: (value) => {
      change({ operation: value, ...startOf(value, max, brief.maxActivation) });
      showDetails();
    },
  });
  operation.classList.add('operation');
  operation.dataset['control'] = 'operation';
  const remove = button({
    label: t('Remove feature {0} from the list', name),
    icon: 'remove',
    iconOnly: true,
    onPress: options.onRemove,
  });
  row.append(
    identity(feature, options.onOpen),
    activity(feature),
    operation,
    remove.element,
    details,
  );
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
  const title = t('Try feature {0} at several strengths', name);
  const control = button({ label: t('Sweep'), icon: 'sweep', title, onPress });
  control.element.dataset['control'] = 'sweep';
  return [control.element];
}

/** Unit and amount when an operation is chosen. */
function startOf(
  operation: Operation,
  max: number,
  yardstick: number,
): Pick<DraftEdit, 'unit' | 'amount'> {
  const [unit = 'activation'] = unitsOf(operation, max);
  return { unit, amount: amountRange(operation, unit, yardstick)?.initial ?? 0 };
}

/** `12`, and whose it is where several SAEs have one of this number. */
function nameOf({ feature: { brief }, saeLabel }: FeatureRowOptions): string {
  const number = String(brief.feature);
  return saeLabel === undefined ? number : `${number} · ${saeLabel}`;
}
