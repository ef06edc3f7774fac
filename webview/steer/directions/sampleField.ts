// One of the two texts of a new direction: typed, or taken from what is selected in the editor.
import { t } from '../../../src/shared/l10n.ts';
import { element } from '../../common/element.ts';
import { button, textArea } from '../../common/ui.ts';

export interface SampleFieldOptions {
  readonly label: string;
  readonly placeholder: string;
  /** Says which of the two texts is taken. */
  readonly takeTitle: string;
  readonly onTake: () => void;
}

export interface SampleField {
  readonly element: HTMLElement;
  text: string;
  focus(): void;
}

export function sampleField(options: SampleFieldOptions): SampleField {
  const { label, placeholder, takeTitle, onTake } = options;
  const area = textArea({ label, placeholder, value: '', onInput: () => undefined });
  const take = button({ label: t('Take Selection'), title: takeTitle, onPress: onTake });
  const name = element('span', { attributes: { 'aria-hidden': 'true' } }, label);
  return {
    element: element(
      'div',
      { class: 'sample' },
      element('div', { class: 'sample-top' }, name, take.element),
      area.element,
    ),
    get text() {
      return area.value;
    },
    set text(text) {
      area.value = text;
    },
    focus: () => {
      area.element.focus();
    },
  };
}
