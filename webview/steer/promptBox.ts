// The prompt: an editable text that grows with what is in it.
import { element } from '../common/element.ts';
import { textArea } from '../common/ui.ts';

const leastRows = 3;
const mostRows = 9;
/** Characters that fit a row at the usual width; only a guess for the height, the field scrolls and can be dragged. */
const rowLength = 80;

export interface PromptBox {
  readonly element: HTMLElement;
  show(prompt: string): void;
}

export function promptBox(onInput: (prompt: string) => void): PromptBox {
  const area = textArea({
    label: 'Prompt',
    placeholder: 'Text for the model to continue',
    rows: leastRows,
    value: '',
    onInput,
  });
  return {
    element: element('section', { class: 'prompt' }, element('h2', {}, 'Prompt'), area.element),
    show: (prompt) => {
      area.value = prompt;
      const rows = prompt
        .split('\n')
        .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / rowLength)), 0);
      area.element.setAttribute('rows', String(Math.min(mostRows, Math.max(leastRows, rows))));
    },
  };
}
