// Makes a new direction: of two texts at a site, or of what a file holds. The host does the work; until it answers, nothing
// else can be asked of it.
import { t } from '../../../src/shared/l10n.ts';
import type { FromSteerView, SteerViewState } from '../../../src/shared/webviewProtocol.ts';
import { disclosure } from '../../common/disclosure.ts';
import { element } from '../../common/element.ts';
import { failureNotice } from '../../common/notice.ts';
import { button } from '../../common/ui.ts';
import { sampleField } from './sampleField.ts';
import { sitePlace } from './sitePlace.ts';

export interface DirectionForm {
  readonly element: HTMLElement;
  show(sites: SteerViewState['streamSites']): void;
  /** Opens the form with the texts that are given; the focus goes to the one that is missing. */
  fill(texts: { readonly more?: string; readonly less?: string }): void;
  /** Moves the focus to the button that opens it. */
  focus(): void;
  /** What was asked for is there. */
  made(): void;
  /** It is not; an empty message says that the user did not want it. */
  failed(message: string): void;
}

export function directionForm(post: (message: FromSteerView) => void): DirectionForm {
  /** What the host has been asked for and has not answered yet. */
  let asked: FromSteerView['kind'] | undefined;
  const take = (as: 'more' | 'less') => (): void => {
    post({ kind: 'takeSelection', as });
  };
  const more = sampleField({
    label: t('More like this'),
    placeholder: t('Text to write more like'),
    takeTitle: t('Take what is selected in the editor as the text to write more like'),
    onTake: take('more'),
  });
  const less = sampleField({
    label: t('Less like that'),
    placeholder: t('Text to write less like'),
    takeTitle: t('Take what is selected in the editor as the text to write less like'),
    onTake: take('less'),
  });
  const site = sitePlace();
  const make = button({ label: t('Make Direction'), onPress: submit });
  const open = button({
    label: t('From File…'),
    title: t('Take a direction from a safetensors file instead of the two texts'),
    onPress: () => {
      ask({ kind: 'openDirectionFile', site: site.chosen }, t('Waiting for the file…'));
    },
  });
  const status = element('span', {
    class: 'direction-status quiet',
    attributes: { role: 'status' },
  });
  const failure = element('div', { class: 'direction-failure' });
  const form = element(
    'div',
    { class: 'direction-form', attributes: { role: 'group', 'aria-label': t('New Direction') } },
    element('div', { class: 'samples' }, more.element, less.element),
    element(
      'div',
      { class: 'direction-actions' },
      ...[site.element, make.element, open.element, status],
    ),
    failure,
  );
  const unfold = disclosure({
    ...{ label: t('New Direction'), name: t('New Direction') },
    ...{ content: form, isOpen: false },
  });
  // Not a run: that is what these keys mean elsewhere in the view.
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    submit();
  });

  function submit(): void {
    const missing = [more, less].find(({ text }) => text.trim() === '');
    if (missing === undefined) {
      const texts = { more: more.text, less: less.text };
      ask({ kind: 'makeDirection', site: site.chosen, ...texts }, t('Reading both texts…'));
      return;
    }
    showFailure(t('A direction is the difference of two texts: write both, or take them.'));
    missing.focus();
  }

  function ask(message: FromSteerView, words: string): void {
    if (asked !== undefined) return;
    showFailure('');
    asked = message.kind;
    status.textContent = words;
    post(message);
  }

  function wasAnswered(): void {
    asked = undefined;
    status.textContent = '';
  }

  function showFailure(message: string): void {
    failure.replaceChildren(...(message === '' ? [] : [failureNotice(message)]));
  }

  return {
    element: element('div', { class: 'new-direction' }, unfold.element, form),
    show: site.show,
    fill: (texts) => {
      unfold.open();
      showFailure('');
      more.text = texts.more ?? more.text;
      less.text = texts.less ?? less.text;
      const missing = [more, less].find(({ text }) => text.trim() === '');
      if (missing === undefined) make.element.focus();
      else missing.focus();
    },
    focus: () => {
      unfold.element.focus();
    },
    made: () => {
      const isOfTexts = asked === 'makeDirection';
      wasAnswered();
      showFailure('');
      if (!isOfTexts) return;
      more.text = '';
      less.text = '';
    },
    failed: (message) => {
      wasAnswered();
      if (message !== '') unfold.open();
      showFailure(message);
    },
  };
}
