// One setting: its name above its control.
import { element } from '../../common/element.ts';

export interface SettingOptions {
  readonly label: string;
  readonly title: string;
  /** For styles, and to find it again after it was drawn anew. */
  readonly name: string;
  /** Has a name of its own for screen readers. */
  readonly control: HTMLElement;
}

export function setting({ label, title, name, control }: SettingOptions): HTMLElement {
  control.dataset['control'] = name;
  return element(
    'div',
    { class: `setting setting-${name}`, attributes: { title } },
    element('span', { class: 'setting-name', attributes: { 'aria-hidden': 'true' } }, label),
    control,
  );
}
