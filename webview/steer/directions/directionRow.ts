// One direction of one's own: what it is called, where it is, where it is from, and the edit along it.
import type { SteerDirection } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { measureOf } from '../draft/edit/measure.ts';
import { type EditRowOptions, editRow } from '../edits/editRow.ts';
import { targetName } from '../edits/editText.ts';
import { originParts, originTitle } from './originText.ts';

export interface DirectionRowOptions extends Omit<EditRowOptions, 'name' | 'head' | 'measure'> {
  readonly direction: SteerDirection;
}

export function directionRow(options: DirectionRowOptions): HTMLElement {
  const { direction } = options;
  const row = editRow({
    ...options,
    name: targetName(direction),
    head: [identity(direction)],
    measure: measureOf(direction),
  });
  row.classList.add('direction-row');
  return row;
}

function identity({ name, site, origin }: SteerDirection): HTMLElement {
  return element(
    'div',
    { class: 'direction-identity', attributes: { title: originTitle(origin) } },
    element(
      'div',
      { class: 'direction-name' },
      element('span', {}, name),
      element('span', { class: 'quiet' }, site),
    ),
    element(
      'div',
      { class: 'direction-origin quiet' },
      ...originParts(origin).map((part) => element('span', {}, part)),
    ),
  );
}
