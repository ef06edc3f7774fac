// Adds any feature to the list: by its number, where a choice says whose it is when several SAEs are active, or by a search.
import type { FeatureRef, SaePlace } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { element } from '../../common/element.ts';
import { button, dropdown } from '../../common/ui.ts';

export interface AddForm {
  readonly element: HTMLElement;
  /** @param labels what each active SAE is called, in order; the first is chosen unless the user chose another */
  show(labels: ReadonlyMap<SaePlace, string>): void;
}

export interface AddActions {
  readonly add: (feature: FeatureRef) => void;
  readonly find: () => void;
}

export function addForm({ add, find }: AddActions): AddForm {
  let chosen: SaePlace | undefined;
  let shown = '';
  const saePlace = element('span', { class: 'add-sae', attributes: { hidden: true } });
  const field = element('input', {
    class: 'number-field add-id',
    attributes: {
      type: 'number',
      min: 0,
      step: 1,
      placeholder: t('Number'),
      'aria-label': t('Number of a feature to add'),
    },
  });
  const submit = (): void => {
    const id = field.valueAsNumber;
    if (chosen === undefined || !Number.isInteger(id) || id < 0) {
      field.focus();
      return;
    }
    field.value = '';
    add({ sae: chosen, feature: featureIndex(id) });
  };
  const form = element(
    'form',
    { class: 'add-form' },
    saePlace,
    field,
    button({
      label: t('Add Feature'),
      title: t('Add the feature with this number'),
      onPress: submit,
    }).element,
    button({
      ...{ label: t('Search…'), icon: 'search' },
      title: t('Search all features by the tokens they peak on'),
      onPress: find,
    }).element,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  return {
    element: form,
    show: (labels) => {
      const key = JSON.stringify([...labels]);
      if (key === shown) return;
      shown = key;
      const places = [...labels.keys()];
      if (chosen === undefined || !labels.has(chosen)) chosen = places[0];
      saePlace.hidden = labels.size < 2;
      saePlace.replaceChildren();
      if (chosen === undefined || labels.size < 2) return;
      saePlace.append(
        dropdown({
          label: t('Sparse autoencoder of the feature to add'),
          choices: [...labels].map(([value, label]) => ({ value, label })),
          value: chosen,
          onChange: (sae) => {
            chosen = sae;
          },
        }),
      );
    },
  };
}
