// What a view shows instead of its content: a hint, work in progress, a failure.
import { element } from './element.ts';
import { progressRing } from './ui.ts';

export function hintNotice(text: string): HTMLElement {
  return element('div', { class: 'notice quiet' }, element('p', {}, text));
}

export function busyNotice(text: string): HTMLElement {
  return element(
    'div',
    { class: 'notice quiet', attributes: { role: 'status' } },
    element('div', { class: 'notice-row' }, progressRing(), element('span', {}, text)),
  );
}

export function failureNotice(text: string): HTMLElement {
  return element('p', { class: 'failure', attributes: { role: 'alert' } }, text);
}
