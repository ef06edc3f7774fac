// On which tokens an edit applies, and under which conditions: what most edits leave as it is.
import type { SteerScope } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import type { SteerSae } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { type Choice, checkbox, dropdown, textField } from '../../common/ui.ts';
import { rangesProblem } from '../draft/edit/conditionProblem.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { gateControl } from './gateControl.ts';

export type Conditions = Pick<
  DraftEdit,
  'scope' | 'ranges' | 'skipSpecial' | 'onlyActive' | 'dropsError' | 'onlyWhile'
>;

export interface ConditionOptions {
  readonly edit: DraftEdit;
  /** What is edited, within a sentence. */
  readonly name: string;
  readonly saes: readonly SteerSae[];
  readonly onChange: (part: Partial<Conditions>) => void;
}

export function conditionControls({
  edit,
  name,
  saes,
  onChange: change,
}: ConditionOptions): HTMLElement {
  const scope = dropdown({
    label: t('Tokens on which {0} is edited', name),
    choices: scopeChoices(),
    value: edit.scope,
    onChange: (value) => {
      change({ scope: value });
    },
  });
  const ranges = textField({
    label: t('Only these tokens of the text, e.g. 4-9, 12-; token 0 is the first'),
    placeholder: t('e.g. 4-9, 12-'),
    value: edit.ranges,
    problemOf: rangesProblem,
    onInput: (value) => {
      change({ ranges: value });
    },
  });
  const skipSpecial = checkbox({
    label: t('Not on special tokens'),
    title: t('Not on the tokens for begin and end of text and on the marks of a chat'),
    isChecked: edit.skipSpecial,
    onChange: (isChecked) => {
      change({ skipSpecial: isChecked });
    },
  });
  const onlyActive = checkbox({
    label: t('Only where active'),
    title: t('Only on tokens where the feature itself is active'),
    isChecked: edit.onlyActive,
    onChange: (isChecked) => {
      change({ onlyActive: isChecked });
    },
  });
  const dropsError = checkbox({
    label: t('Drop the error'),
    title: t(
      'On these tokens the stream becomes what the sparse autoencoder makes of it, before the edit',
    ),
    isChecked: edit.dropsError,
    onChange: (isChecked) => {
      change({ dropsError: isChecked });
    },
  });
  const named = {
    ...{ scope, ranges: ranges.input, skipSpecial: skipSpecial.element },
    ...{ onlyActive: onlyActive.element, dropsError: dropsError.element },
  };
  for (const [control, each] of Object.entries(named)) each.dataset['control'] = control;
  // A direction is never active and has no error.
  const ofFeature = 'feature' in edit ? [onlyActive.element, dropsError.element] : [];
  return element(
    'div',
    {
      class: 'conditions',
      attributes: { role: 'group', 'aria-label': t('Conditions for {0}', name) },
    },
    ...[scope, ranges.element, skipSpecial.element, ...ofFeature],
    gateControl({ edit, name, saes, onChange: change }),
  );
}

function scopeChoices(): readonly Choice<SteerScope>[] {
  return [
    { value: 'all', label: t('All tokens') },
    { value: 'prompt', label: t('Prompt only') },
    { value: 'generated', label: t('Continuation only') },
  ];
}
