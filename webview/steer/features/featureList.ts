// The list of features to edit: a few of them until more are wanted, and a way to add any other by its number. Where several
// SAEs are active, each has a list of its own under its name: activations of two SAEs cannot be compared.
import type { FeatureRef, SaePlace } from '../../../src/shared/engineProtocol.ts';
import { saeLabels } from '../../../src/shared/featureRef.ts';
import { t } from '../../../src/shared/l10n.ts';
import { countText } from '../../../src/shared/numberText.ts';
import type { SteerFeature, SteerSae } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { featureOf, targetKey } from '../draft/edit/target.ts';
import { focusRow } from '../focus.ts';
import { addForm } from './addForm.ts';
import { featureRow } from './featureRow.ts';

/** Shown of each SAE before "Show more", besides the edited ones. */
const firstShown = 6;

export interface FeatureListActions {
  readonly edit: (edit: DraftEdit) => void;
  readonly open: (feature: FeatureRef) => void;
  readonly remove: (feature: FeatureRef) => void;
  readonly sweep: (feature: FeatureRef) => void;
  readonly add: (feature: FeatureRef) => void;
  /** Lets the user search for one to add. */
  readonly find: () => void;
}

export interface ListedFeature {
  readonly feature: SteerFeature;
  readonly edit: DraftEdit;
}

export interface FeatureList {
  readonly element: HTMLElement;
  show(features: readonly ListedFeature[], saes: readonly SteerSae[]): void;
  /** Says whether the list belongs to the prompt as it is now. */
  showAge(isCurrent: boolean): void;
  /** Moves the focus to the edit of a feature, if it is on the list. */
  focus(feature: FeatureRef): void;
}

interface RowActions extends FeatureListActions {
  /** Keys of the features whose conditions are shown. */
  readonly unfolded: Set<string>;
  readonly saes: readonly SteerSae[];
}

/** The features of one SAE; `label` only where there are several. */
interface Group {
  readonly label: string | undefined;
  readonly name: string;
  readonly features: readonly ListedFeature[];
}

export function featureList(actions: FeatureListActions): FeatureList {
  let groups: readonly Group[] = [];
  let saes: readonly SteerSae[] = [];
  let isExpanded = false;
  /** Rows whose conditions are shown. */
  const unfolded = new Set<string>();
  const lists = element('div', { class: 'feature-groups' });
  const empty = element(
    'p',
    { class: 'quiet features-empty' },
    t('No feature is active in this prompt. Add one by its number.'),
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
    t('The prompt has changed; the next run looks for its features.'),
  );
  const form = addForm(actions);

  function draw(): void {
    const shown = groups.map(({ features }) =>
      features.filter(
        ({ edit }, index) => isExpanded || index < firstShown || edit.operation !== 'none',
      ),
    );
    lists.replaceChildren(
      ...groups.flatMap((group, at) =>
        groupElements(group, shown[at] ?? [], { ...actions, unfolded, saes }),
      ),
    );
    const total = groups.reduce((sum, { features }) => sum + features.length, 0);
    const hidden = total - shown.flat().length;
    lists.hidden = total === 0;
    names.hidden = total === 0;
    empty.hidden = total > 0;
    more.hidden = groups.every(({ features }) => features.length <= firstShown);
    more.textContent = isExpanded ? t('Show fewer') : moreText(hidden);
  }

  draw();
  return {
    element: element(
      'section',
      { class: 'feature-list', attributes: { 'aria-labelledby': 'features-title' } },
      element('h2', { attributes: { id: 'features-title' } }, t('Features active in the prompt')),
      old,
      empty,
      names,
      lists,
      element('div', { class: 'list-end' }, more, form.element),
    ),
    show: (features, active) => {
      saes = active;
      const labels = saeLabels(saes);
      groups = groupsOf(features, saes, labels);
      form.show(labels);
      draw();
    },
    showAge: (isCurrent) => {
      old.hidden = isCurrent;
    },
    focus: (feature) => {
      focusRow(lists, targetKey(feature));
    },
  };
}

/** In the order of the SAEs; one without features on the list has no group, unless it is the only one. */
function groupsOf(
  features: readonly ListedFeature[],
  saes: readonly SteerSae[],
  labels: ReadonlyMap<SaePlace, string>,
): readonly Group[] {
  const isAlone = saes.length < 2;
  return saes
    .map(({ sae, name }) => ({
      label: isAlone ? undefined : (labels.get(sae) ?? name),
      name,
      features: features.filter(({ feature }) => feature.sae === sae),
    }))
    .filter((group) => isAlone || group.features.length > 0);
}

function groupElements(
  { label, name }: Group,
  shown: readonly ListedFeature[],
  actions: RowActions,
): readonly HTMLElement[] {
  const listName = label === undefined ? t('Features') : t('Features of {0}', label);
  const list = element(
    'ul',
    { class: 'edit-rows', attributes: { 'aria-label': listName } },
    ...shown.map((listed) => rowOf(listed, label, actions)),
  );
  if (label === undefined) return [list];
  return [element('h3', { class: 'group-name', attributes: { title: name } }, label), list];
}

function moreText(hidden: number): string {
  return hidden === 1 ? t('Show 1 more feature') : t('Show {0} more features', countText(hidden));
}

/** What the columns are; every value also says it itself, in its tooltip or label. */
function columnNames(): HTMLElement {
  const ofMax = element('span', { class: 'of-max' }, `, ${t('of max')}`);
  return element(
    'div',
    { class: 'column-names quiet', attributes: { 'aria-hidden': 'true' } },
    element('span', {}, t('Feature')),
    element('span', {}, t('In prompt'), ofMax),
    element('span', {}, t('Density')),
    element('span', {}, t('Edit')),
  );
}

function rowOf(
  { feature, edit }: ListedFeature,
  saeLabel: string | undefined,
  actions: RowActions,
): HTMLElement {
  const ref = featureOf(feature);
  const key = targetKey(ref);
  return featureRow({
    ...{ feature, edit, saeLabel, saes: actions.saes },
    isOpen: actions.unfolded.has(key),
    onToggle: (isOpen) => {
      if (isOpen) actions.unfolded.add(key);
      else actions.unfolded.delete(key);
    },
    onEdit: actions.edit,
    onSweep: () => {
      actions.sweep(ref);
    },
    onOpen: () => {
      actions.open(ref);
    },
    onRemove: () => {
      actions.remove(ref);
    },
  });
}
