// The list of directions, or what a direction is for while there is none.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerDirection, SteerSae } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { type EditTarget, targetKey } from '../draft/edit/target.ts';
import { focusRow } from '../focus.ts';
import { directionRow } from './directionRow.ts';

export interface DirectionListActions {
  readonly edit: (edit: DraftEdit) => void;
  readonly remove: (direction: EditTarget) => void;
  readonly sweep: (direction: EditTarget) => void;
}

export interface ListedDirection {
  readonly direction: SteerDirection;
  readonly edit: DraftEdit;
}

export interface DirectionList {
  readonly element: HTMLElement;
  /** @param saes whose features can be conditions */
  show(directions: readonly ListedDirection[], saes: readonly SteerSae[]): void;
  /** Moves the focus to the edit along a direction, if it is on the list. */
  focus(direction: EditTarget): void;
}

export function directionList(actions: DirectionListActions): DirectionList {
  /** Rows whose conditions are shown. */
  const unfolded = new Set<string>();
  const list = element('ul', {
    class: 'edit-rows',
    attributes: { 'aria-label': t('Directions') },
  });
  const empty = element(
    'p',
    { class: 'quiet directions-empty' },
    t(
      'A direction is what the stream has more of in one text than in another: add it, and the model writes more like the one and less like the other.',
    ),
  );

  function rowOf({ direction, edit }: ListedDirection, saes: readonly SteerSae[]): HTMLElement {
    const key = targetKey(direction);
    return directionRow({
      ...{ direction, edit, saes },
      isOpen: unfolded.has(key),
      onToggle: (isOpen) => {
        if (isOpen) unfolded.add(key);
        else unfolded.delete(key);
      },
      onEdit: actions.edit,
      onSweep: () => {
        actions.sweep(direction);
      },
      onRemove: () => {
        actions.remove(direction);
      },
    });
  }

  return {
    element: element('div', {}, empty, list),
    show: (directions, saes) => {
      list.replaceChildren(...directions.map((each) => rowOf(each, saes)));
      list.hidden = directions.length === 0;
      empty.hidden = directions.length > 0;
    },
    focus: (direction) => {
      focusRow(list, targetKey(direction));
    },
  };
}
