// One feature offered for editing: what it is, how active it is here, and the edit.
import type { SteerFeature } from '../../src/shared/webviewProtocol.ts';
import { element } from '../common/element.ts';
import { paintFeature, paintStrength, swatch } from '../common/featureColour.ts';
import { numberText, percentText } from '../common/numberText.ts';
import { tokenName } from '../common/tokenText.ts';
import { button, dropdown, numberField, slider } from '../common/ui.ts';
import { type Operation, amountRange, editText } from './amounts.ts';
import type { DraftEdit } from './draft.ts';

const operations: readonly { readonly value: Operation; readonly label: string }[] = [
  { value: 'none', label: 'No edit' },
  { value: 'ablate', label: 'Ablate' },
  { value: 'scale', label: 'Scale' },
  { value: 'clamp', label: 'Clamp' },
  { value: 'add', label: 'Add' },
];

const namesShown = 3;

export interface FeatureRowOptions {
  readonly feature: SteerFeature;
  readonly edit: DraftEdit;
  /** What its SAE is called, where there are several. */
  readonly saeLabel: string | undefined;
  readonly onEdit: (edit: DraftEdit) => void;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
}

export function featureRow(options: FeatureRowOptions): HTMLElement {
  const { brief } = options.feature;
  const id = String(brief.feature);
  const name = nameOf(options);
  let edit = options.edit;
  const amounts = element('div', { class: 'amounts' });
  const explanation = element('p', { class: 'explanation quiet' });
  const row = element('li', { class: 'feature-row', attributes: { 'data-feature': id } });
  row.dataset['sae'] = options.feature.sae;
  paintFeature(row, brief.feature);

  const explain = (): void => {
    explanation.textContent = editText(edit.operation, edit.amount, brief.maxActivation);
    explanation.hidden = edit.operation === 'none';
    row.classList.toggle('is-edited', edit.operation !== 'none');
  };
  const changeAmount = (amount: number): void => {
    edit = { ...edit, amount };
    explain();
    options.onEdit(edit);
  };
  const showAmounts = (): void => {
    amounts.replaceChildren(...amountControls(edit, name, brief.maxActivation, changeAmount));
    amounts.hidden = amounts.childElementCount === 0;
    explain();
  };
  const operation = dropdown({
    label: `Edit of ${name}`,
    choices: operations,
    value: edit.operation,
    onChange: (value) => {
      const initial = amountRange(value, brief.maxActivation)?.initial ?? 0;
      edit = { ...edit, operation: value, amount: initial };
      showAmounts();
      options.onEdit(edit);
    },
  });
  operation.classList.add('operation');
  const remove = button({
    label: `Remove ${name} from the list`,
    icon: 'remove',
    iconOnly: true,
    onPress: options.onRemove,
  });
  row.append(
    identity(options),
    activity(options.feature),
    operation,
    remove.element,
    amounts,
    explanation,
  );
  showAmounts();
  return row;
}

/** `feature 12`, and whose it is where several SAEs have one of this number. */
function nameOf({ feature: { brief }, saeLabel }: FeatureRowOptions): string {
  const whose = saeLabel === undefined ? '' : ` at ${saeLabel}`;
  return `feature ${String(brief.feature)}${whose}`;
}

function identity({ feature: { brief }, onOpen }: FeatureRowOptions): HTMLElement {
  const names = [...new Set(brief.peakTokens.map(tokenName))].slice(0, namesShown);
  return element(
    'div',
    { class: 'identity' },
    swatch(brief.feature),
    element(
      'button',
      {
        class: 'link feature-id',
        attributes: { type: 'button', title: 'Show its examples in the side panel' },
        onClick: onOpen,
      },
      String(brief.feature),
    ),
    element(
      'ul',
      { class: 'token-names', attributes: { 'aria-label': 'Tokens on which it peaks' } },
      ...names.map((name) => element('li', { class: 'token-name' }, name)),
    ),
  );
}

/** How strong the feature is in the prompt, against its largest activation in the corpus, and how often it fires. */
function activity({ brief, promptMax }: SteerFeature): HTMLElement {
  const { density, maxActivation } = brief;
  // Without a feature store only the prompt tells something of a feature.
  const isKnown = density > 0 || promptMax === 0;
  const bar = element('span', { class: 'activity-bar', attributes: { 'aria-hidden': 'true' } });
  const filled = element('span', { class: 'activity-fill' });
  paintStrength(filled, maxActivation > 0 ? promptMax / maxActivation : 0);
  bar.append(filled);
  const max = element('span', { class: 'quiet' }, `of ${numberText(maxActivation)}`);
  const hasFired = maxActivation > 0 || promptMax > 0;
  const inCorpus = isKnown
    ? `, in the corpus ${numberText(maxActivation)}; active on ${percentText(density)} of the corpus`
    : '';
  const title = `Largest activation in the prompt ${numberText(promptMax)}${inCorpus}`;
  return element(
    'div',
    { class: 'activity', attributes: { title } },
    bar,
    hasFired ? element('span', {}, `${numberText(promptMax)} `, max) : 'never fired',
    element('span', { class: 'density quiet' }, isKnown ? percentText(density) : '–'),
  );
}

/** Slider and number field for one amount; the field may go beyond the slider. */
function amountControls(
  edit: DraftEdit,
  featureName: string,
  maxActivation: number,
  onChange: (amount: number) => void,
): HTMLElement[] {
  const range = amountRange(edit.operation, maxActivation);
  if (range === undefined) return [];
  const name = edit.operation === 'scale' ? 'Factor' : 'Activation';
  const label = `${name} for ${featureName}`;
  const { min, max, step } = range;
  const bar = slider({
    label,
    min,
    max,
    step,
    value: edit.amount,
    onInput: (value) => {
      field.value = value;
      onChange(value);
    },
  });
  const field = numberField({
    label: `${label}, as a number`,
    step,
    value: edit.amount,
    onInput: (value) => {
      bar.value = value;
      onChange(value);
    },
  });
  return [bar.element, field.element];
}
