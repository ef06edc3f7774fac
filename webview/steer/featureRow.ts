// One feature offered for editing: what it is, how active it is here, and the edit.
import { t } from '../../src/shared/l10n.ts';
import { numberText, percentText } from '../../src/shared/numberText.ts';
import type { SteerFeature } from '../../src/shared/webviewProtocol.ts';
import { element } from '../common/element.ts';
import { paintFeature, paintStrength, swatch } from '../common/featureColour.ts';
import { tokenName } from '../common/tokenText.ts';
import { type Choice, button, dropdown, numberField, slider } from '../common/ui.ts';
import { type Operation, amountRange, editText } from './amounts.ts';
import type { DraftEdit } from './draft.ts';

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
    label: t('Edit of feature {0}', name),
    choices: operations(),
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
    label: t('Remove feature {0} from the list', name),
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

function operations(): readonly Choice<Operation>[] {
  return [
    { value: 'none', label: t('No edit') },
    { value: 'ablate', label: t('Ablate') },
    { value: 'scale', label: t('Scale') },
    { value: 'clamp', label: t('Clamp') },
    { value: 'add', label: t('Add') },
  ];
}

/** `12`, and whose it is where several SAEs have one of this number. */
function nameOf({ feature: { brief }, saeLabel }: FeatureRowOptions): string {
  const number = String(brief.feature);
  return saeLabel === undefined ? number : `${number} · ${saeLabel}`;
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
        attributes: { type: 'button', title: t('Show its examples in the side panel') },
        onClick: onOpen,
      },
      String(brief.feature),
    ),
    element(
      'ul',
      { class: 'token-names', attributes: { 'aria-label': t('Tokens on which it peaks') } },
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
  const max = element('span', { class: 'quiet' }, t('of {0}', numberText(maxActivation)));
  const hasFired = maxActivation > 0 || promptMax > 0;
  const title = isKnown
    ? t(
        'Largest activation in the prompt {0}, in the corpus {1}; active on {2} of the tokens of the corpus',
        numberText(promptMax),
        numberText(maxActivation),
        percentText(density),
      )
    : t('Largest activation in the prompt {0}', numberText(promptMax));
  return element(
    'div',
    { class: 'activity', attributes: { title } },
    bar,
    hasFired ? element('span', {}, `${numberText(promptMax)} `, max) : t('never active'),
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
  const isFactor = edit.operation === 'scale';
  const { min, max, step } = range;
  const bar = slider({
    label: isFactor
      ? t('Factor for feature {0}', featureName)
      : t('Activation for feature {0}', featureName),
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
    label: isFactor
      ? t('Factor for feature {0}, as a number', featureName)
      : t('Activation for feature {0}, as a number', featureName),
    step,
    value: edit.amount,
    onInput: (value) => {
      bar.value = value;
      onChange(value);
    },
  });
  return [bar.element, field.element];
}
