// The prompt: an editable text. Its height follows the text (steer.css), within limits.
import { t } from '../../src/shared/l10n.ts';
import { element } from '../common/element.ts';
import { textArea } from '../common/ui.ts';

export interface PromptBox {
  readonly element: HTMLElement;
  show(prompt: string): void;
}

export function promptBox(onInput: (prompt: string) => void): PromptBox {
  const area = textArea({
    label: t('Prompt'),
    placeholder: t('Text for the model to continue'),
    value: '',
    onInput,
  });
  return {
    element: element('section', { class: 'prompt' }, element('h2', {}, t('Prompt')), area.element),
    show: (prompt) => {
      area.value = prompt;
    },
  };
}
