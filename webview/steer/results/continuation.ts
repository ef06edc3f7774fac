// One of the two continuations: its prompt dimmed in front, its tokens as they come, and where it parts from the other.
import { t } from '../../../src/shared/l10n.ts';
import { copyButton } from '../../common/clipboard.ts';
import { element, hiddenText } from '../../common/element.ts';
import { tokenElement } from '../../common/tokenElement.ts';
import { button } from '../../common/ui.ts';
import { type Side, promptTail } from '../run/comparison.ts';
import type { DrawnToken } from '../run/runSample.ts';

const promptLimit = 240;

export interface ContinuationActions {
  readonly insert: (text: string) => void;
  readonly replace: (text: string) => void;
}

export interface ContinuationView {
  readonly element: HTMLElement;
  show(shown: ShownContinuation): void;
}

export interface ShownContinuation {
  readonly prompt: string;
  readonly tokens: readonly DrawnToken[];
  /** Behind the tokens. */
  readonly rest: string;
  /** All of it, for whoever takes it. */
  readonly text: string;
  readonly isRunning: boolean;
  readonly canInsert: boolean;
  readonly canReplace: boolean;
  /** How the side came to an end of its own. */
  readonly end: 'endOfText' | 'stop' | undefined;
}

export function continuationView(side: Side, actions: ContinuationActions): ContinuationView {
  const words = wordsOf(side);
  let text = '';
  const lead = element('span', { class: 'prompt-text' });
  const tokens = tokenRun();
  const rest = element('span');
  const caret = element('span', { class: 'caret' });
  const end = element('span', { class: 'end-mark' });
  const body = element(
    'p',
    { class: 'token-text continuation-text', attributes: { dir: 'auto' } },
    ...[lead, tokens.element, rest, caret, end],
  );
  const insert = button({
    ...{ label: t('Insert'), icon: 'insert', title: words.insert },
    onPress: () => {
      actions.insert(text);
    },
  });
  const replace = button({
    ...{ label: t('Replace'), icon: 'replace', title: words.replace },
    onPress: () => {
      actions.replace(text);
    },
  });
  const copy = copyButton(words.copy, () => text);
  const buttons = element('div', { class: 'actions' }, copy, replace.element, insert.element);
  return {
    element: element(
      'article',
      { class: `continuation continuation-${side}`, attributes: { 'aria-label': words.name } },
      element('div', { class: 'continuation-top' }, element('h3', {}, words.name), buttons),
      body,
    ),
    show: (shown) => {
      text = shown.text;
      buttons.hidden = text === '';
      insert.element.hidden = !shown.canInsert;
      replace.element.hidden = !shown.canReplace;
      const prompt = promptTail(shown.prompt, promptLimit);
      if (lead.textContent !== prompt) lead.textContent = prompt;
      tokens.show(shown.tokens);
      rest.textContent = shown.rest;
      caret.hidden = !shown.isRunning;
      end.hidden = shown.isRunning || shown.end === undefined;
      end.textContent = shown.end === 'stop' ? t('stop string') : t('end of text');
    },
  };
}

function wordsOf(side: Side): Readonly<Record<'name' | 'copy' | 'insert' | 'replace', string>> {
  return side === 'baseline'
    ? {
        name: t('Baseline'),
        copy: t('Copy the baseline continuation'),
        insert: t('Insert the baseline continuation after the selection in the editor'),
        replace: t('Put the baseline continuation in the place of the selection in the editor'),
      }
    : {
        name: t('Steered'),
        copy: t('Copy the steered continuation'),
        insert: t('Insert the steered continuation after the selection in the editor'),
        replace: t('Put the steered continuation in the place of the selection in the editor'),
      };
}

interface TokenRun {
  readonly element: HTMLElement;
  show(tokens: readonly DrawnToken[]): void;
}

/** What is drawn already stays in the page, pointed at or selected, up to the first token that is another one. */
function tokenRun(): TokenRun {
  const place = element('span');
  let drawn: readonly DrawnToken[] = [];
  return {
    element: place,
    show: (tokens) => {
      const same = tokens.findIndex((token, index) => !isSame(token, drawn[index]));
      const kept = same < 0 ? tokens.length : same;
      while (place.childElementCount > kept) place.lastElementChild?.remove();
      place.append(...tokens.slice(kept).map((token, at) => tokenNode(token, kept + at)));
      drawn = tokens;
    },
  };
}

function isSame(a: DrawnToken, b: DrawnToken | undefined): boolean {
  return (
    a.text === b?.text &&
    a.step === b.step &&
    a.isDifferent === b.isDifferent &&
    a.isDivergence === b.isDivergence
  );
}

function tokenNode({ text, step, isDifferent, isDivergence }: DrawnToken, at: number): Node {
  const token = tokenElement({
    ...{ text, index: step, isEntry: at === 0, breaks: true },
    class: isDifferent ? 'is-different' : undefined,
  });
  if (!isDivergence) return token;
  const mark = element(
    'span',
    { class: 'divergence' },
    hiddenText(` (${t('differs from here:')}) `),
  );
  return element('span', {}, mark, token);
}
