// One of the two continuations: its prompt dimmed in front, its tokens as they come, and where it parts from the other.
import type { SteerStep } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import { copyButton } from '../../common/clipboard.ts';
import { element, hiddenText } from '../../common/element.ts';
import { tokenElement } from '../../common/tokenElement.ts';
import { type ButtonControl, button } from '../../common/ui.ts';
import { type Side, compare, promptTail, textOf, tokensOf } from '../run/comparison.ts';

const promptLimit = 240;

export interface ContinuationView {
  readonly element: HTMLElement;
  show(shown: ShownContinuation): void;
}

export interface ShownContinuation {
  readonly prompt: string;
  readonly steps: readonly SteerStep[];
  readonly isRunning: boolean;
  readonly canInsert: boolean;
  /** The side ended before the length asked for. */
  readonly hasEnded: boolean;
}

export function continuationView(side: Side, onInsert: (text: string) => void): ContinuationView {
  const words = wordsOf(side);
  let text = '';
  let drawn: ShownContinuation | undefined;
  const lead = element('span', { class: 'prompt-text' });
  const tokens = element('span');
  const caret = element('span', { class: 'caret' });
  const end = element('span', { class: 'end-mark' }, t('end of text'));
  const body = element(
    'p',
    { class: 'token-text continuation-text', attributes: { dir: 'auto' } },
    lead,
    tokens,
    caret,
    end,
  );
  const insert = button({
    label: t('Insert'),
    icon: 'insert',
    title: words.insert,
    onPress: () => {
      onInsert(text);
    },
  });
  const copy = copyButton(words.copy, () => text);
  const actions = element('div', { class: 'actions' }, copy, insert.element);
  return {
    element: element(
      'article',
      { class: `continuation continuation-${side}`, attributes: { 'aria-label': words.name } },
      element('div', { class: 'continuation-top' }, element('h3', {}, words.name), actions),
      body,
    ),
    show: (shown) => {
      text = textOf(shown.steps, side);
      actions.hidden = text === '';
      showInsert(insert, shown.canInsert);
      if (!continues(drawn, shown)) {
        lead.textContent = promptTail(shown.prompt, promptLimit);
        tokens.replaceChildren();
        drawn = undefined;
      }
      tokens.append(...tokenNodes(shown.steps, side, drawn?.steps.length ?? 0));
      drawn = shown;
      caret.hidden = !shown.isRunning;
      end.hidden = shown.isRunning || !shown.hasEnded;
    },
  };
}

function wordsOf(side: Side): Readonly<Record<'name' | 'copy' | 'insert', string>> {
  return side === 'baseline'
    ? {
        name: t('Baseline'),
        copy: t('Copy the baseline continuation'),
        insert: t('Insert the baseline continuation after the selection in the editor'),
      }
    : {
        name: t('Steered'),
        copy: t('Copy the steered continuation'),
        insert: t('Insert the steered continuation after the selection in the editor'),
      };
}

function showInsert(insert: ButtonControl, canInsert: boolean): void {
  insert.setEnabled(canInsert);
  insert.element.hidden = !canInsert;
}

/** Whether `next` only has more steps than what is drawn: what is there, pointed at or selected, can then stay. */
function continues(drawn: ShownContinuation | undefined, next: ShownContinuation): boolean {
  return (
    drawn?.prompt === next.prompt &&
    drawn.steps.length <= next.steps.length &&
    drawn.steps.every((step, index) => step === next.steps[index])
  );
}

/** @param from index of the first step to draw */
function tokenNodes(steps: readonly SteerStep[], side: Side, from: number): Node[] {
  const { divergence } = compare(steps);
  const nodes: Node[] = [];
  tokensOf(steps, side).forEach(({ token, step }, index) => {
    if (step < from) return;
    if (step === divergence) {
      nodes.push(
        element('span', { class: 'divergence' }, hiddenText(` (${t('differs from here:')}) `)),
      );
    }
    const isDifferent = divergence !== undefined && step >= divergence;
    nodes.push(
      tokenElement({
        text: token.text,
        index: step,
        isEntry: index === 0,
        breaks: true,
        class: isDifferent ? 'is-different' : undefined,
      }),
    );
  });
  return nodes;
}
