// Directions put together: the list, the form for a new one, and what the host says to both.
import { t } from '../../../src/shared/l10n.ts';
import type { ToSteerView } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { withEdit, withTarget, withoutTarget } from '../draft/draft.ts';
import { sameTarget, targetKey } from '../draft/edit/target.ts';
import { editOf, listedDirections } from '../draft/listed.ts';
import { whatChanged } from '../draft/whatChanged.ts';
import type { EditingOptions } from '../edits/editing.ts';
import { leaveRow } from '../focus.ts';
import { directionForm } from './directionForm.ts';
import { directionList } from './directionList.ts';

export interface DirectionEditing {
  readonly element: HTMLElement;
  draw(): void;
  receive(message: ToSteerView): void;
}

export function directionEditing(options: EditingOptions): DirectionEditing {
  const { arranged, post, change, sweep } = options;
  const list = directionList({
    edit: (edit) => {
      change(withEdit(arranged.draft, edit), whatChanged(arranged.draft, edit));
    },
    remove: (direction) => {
      change(withoutTarget(arranged.draft, direction), targetKey(direction));
      if (!leaveRow(list.element, draw)) form.focus();
    },
    sweep,
  });
  const form = directionForm(post);

  function draw(): void {
    const { draft, state } = arranged;
    const listed = listedDirections(draft, state);
    list.show(
      listed.map((direction) => ({ direction, edit: editOf(draft, direction) })),
      state.saes,
    );
    form.show(state.streamSites);
  }

  /** A direction that had been taken off comes back. */
  function showMade(name: string): void {
    form.made();
    const made = arranged.state.directions.find((direction) => direction.name === name);
    if (made === undefined) return;
    if (arranged.draft.removed.some((each) => sameTarget(each, made))) {
      change(withTarget(arranged.draft, made), targetKey(made));
      draw();
    }
    list.focus(made);
  }

  return {
    element: element(
      'section',
      { class: 'directions', attributes: { 'aria-labelledby': 'directions-title' } },
      element('h2', { attributes: { id: 'directions-title' } }, t('Directions')),
      ...[list.element, form.element],
    ),
    draw,
    receive: (message) => {
      if (message.kind === 'fillDirection') form.fill(message);
      if (message.kind === 'directionMade') showMade(message.name);
      if (message.kind === 'directionFailed') form.failed(message.message);
    },
  };
}
