// The list of features to edit: a few of them until more are wanted, and a way to add any other by its id.
import type { SteerFeature } from '../../src/shared/webviewProtocol.ts';
import { type FeatureIndex, featureIndex } from '../../src/shared/units.ts';
import { element } from '../common/element.ts';
import { counted } from '../common/numberText.ts';
import { button } from '../common/ui.ts';
import type { DraftEdit } from './draft.ts';
import { featureRow } from './featureRow.ts';

/** Shown before "Show more", besides the edited ones. */
const firstShown = 6;

export interface FeatureListActions {
  readonly edit: (edit: DraftEdit) => void;
  readonly open: (feature: FeatureIndex) => void;
  readonly remove: (feature: FeatureIndex) => void;
  readonly add: (feature: FeatureIndex) => void;
}

export interface ListedFeature {
  readonly feature: SteerFeature;
  readonly edit: DraftEdit;
}

export interface FeatureList {
  readonly element: HTMLElement;
  show(features: readonly ListedFeature[]): void;
  /** Says whether the list belongs to the prompt as it is now. */
  showAge(isCurrent: boolean): void;
  /** Moves the focus to the edit of a feature, if it is on the list. */
  focus(feature: FeatureIndex): void;
}

export function featureList(actions: FeatureListActions): FeatureList {
  let features: readonly ListedFeature[] = [];
  let isExpanded = false;
  const list = element('ul', { class: 'features', attributes: { 'aria-label': 'Features' } });
  const empty = element(
    'p',
    { class: 'quiet features-empty' },
    'No feature is active in this prompt. Add one by its id.',
  );
  const more = element('button', {
    class: 'link more',
    attributes: { type: 'button' },
    onClick: () => {
      isExpanded = !isExpanded;
      draw();
    },
  });

  const names = columnNames();
  const old = element(
    'p',
    { class: 'quiet features-old', attributes: { hidden: true } },
    'The prompt has changed; the next run looks for its features.',
  );

  function draw(): void {
    const shown = features.filter(
      ({ edit }, index) => isExpanded || index < firstShown || edit.operation !== 'none',
    );
    list.replaceChildren(...shown.map((listed) => rowOf(listed, actions)));
    list.hidden = features.length === 0;
    names.hidden = list.hidden;
    empty.hidden = features.length > 0;
    more.hidden = features.length <= firstShown;
    more.textContent = isExpanded
      ? 'Show fewer'
      : `Show ${counted(features.length - shown.length, 'more feature')}`;
  }

  draw();
  return {
    element: element(
      'section',
      { class: 'feature-list', attributes: { 'aria-labelledby': 'features-title' } },
      element('h2', { attributes: { id: 'features-title' } }, 'Features active in the prompt'),
      old,
      empty,
      names,
      list,
      element('div', { class: 'list-end' }, more, addForm(actions.add)),
    ),
    show: (next) => {
      features = next;
      draw();
    },
    showAge: (isCurrent) => {
      old.hidden = isCurrent;
    },
    focus: (feature) => {
      const row = list.querySelector(`[data-feature="${String(feature)}"]`);
      row?.scrollIntoView({ block: 'nearest' });
      row?.querySelector<HTMLElement>('.operation')?.focus();
    },
  };
}

/** What the columns are; every value also says it itself, in its tooltip or label. */
function columnNames(): HTMLElement {
  const ofMax = element('span', { class: 'of-max' }, ', of max');
  return element(
    'div',
    { class: 'column-names quiet', attributes: { 'aria-hidden': 'true' } },
    element('span', {}, 'Feature'),
    element('span', {}, 'In prompt', ofMax),
    element('span', {}, 'Density'),
    element('span', {}, 'Edit'),
  );
}

function rowOf({ feature, edit }: ListedFeature, actions: FeatureListActions): HTMLElement {
  return featureRow({
    feature,
    edit,
    onEdit: actions.edit,
    onOpen: () => {
      actions.open(feature.brief.feature);
    },
    onRemove: () => {
      actions.remove(feature.brief.feature);
    },
  });
}

function addForm(add: (feature: FeatureIndex) => void): HTMLElement {
  const field = element('input', {
    class: 'number-field add-id',
    attributes: {
      type: 'number',
      min: 0,
      step: 1,
      placeholder: 'Feature id',
      'aria-label': 'Id of a feature to add',
    },
  });
  const submit = (): void => {
    const id = field.valueAsNumber;
    if (!Number.isInteger(id) || id < 0) {
      field.focus();
      return;
    }
    field.value = '';
    add(featureIndex(id));
  };
  const form = element(
    'form',
    { class: 'add-form' },
    field,
    button({ label: 'Add', title: 'Add the feature with this id', onPress: submit }).element,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  return form;
}
