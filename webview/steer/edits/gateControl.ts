// The condition that another feature is active: its number, and of which SAE it is where several are active.
import { saeLabels } from '../../../src/shared/featureRef.ts';
import { t } from '../../../src/shared/l10n.ts';
import type { SteerSae } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { dropdown, textField } from '../../common/ui.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { gateProblem } from '../draft/edit/gate.ts';

export interface GateOptions {
  readonly edit: DraftEdit;
  /** What is edited, within a sentence. */
  readonly name: string;
  readonly saes: readonly SteerSae[];
  readonly onChange: (part: Required<Pick<DraftEdit, 'onlyWhile'>>) => void;
}

export function gateControl({ edit, name, saes, onChange }: GateOptions): HTMLElement {
  // An edit's own SAE is the likeliest one.
  const initial = 'feature' in edit ? edit.sae : (saes[0]?.sae ?? '');
  let gate = edit.onlyWhile ?? { sae: initial, number: '' };
  const field = textField({
    label: t('Edit {0} only on tokens where the feature with this number is active', name),
    placeholder: t('Number'),
    value: gate.number,
    problemOf: (number) => gateProblem({ ...gate, number }, saes),
    onInput: (number) => {
      gate = { ...gate, number };
      onChange({ onlyWhile: gate });
    },
  });
  field.input.inputMode = 'numeric';
  field.input.dataset['control'] = 'onlyWhile';
  const words = t('Only while this feature is active:');
  return element(
    'div',
    { class: 'gate' },
    element('span', { attributes: { 'aria-hidden': 'true' } }, words),
    ...[field.element, ...saePlace()],
  );

  /** None where there is nothing to choose. */
  function saePlace(): readonly HTMLElement[] {
    const labels = [...saeLabels(saes)];
    const isKnown = saes.some(({ sae }) => sae === gate.sae);
    if (labels.length < 2 && isKnown) return [];
    const control = dropdown({
      label: t('Sparse autoencoder of the feature that has to be active'),
      choices: [
        ...labels.map(([value, label]) => ({ value, label })),
        ...(isKnown ? [] : [{ value: gate.sae, label: t('not active') }]),
      ],
      value: gate.sae,
      onChange: (sae) => {
        gate = { ...gate, sae };
        field.value = gate.number;
        onChange({ onlyWhile: gate });
      },
    });
    control.dataset['control'] = 'onlyWhileSae';
    return [control];
  }
}
