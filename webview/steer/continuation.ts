// One of the two continuations: its prompt dimmed in front, its tokens as they come, and where it parts from the other.
import type { SteerStep } from '../../src/shared/engineProtocol.ts';
import { copyButton } from '../common/clipboard.ts';
import { element, hiddenText } from '../common/element.ts';
import { tokenElement } from '../common/tokenElement.ts';
import { type ButtonControl, button } from '../common/ui.ts';
import { type Side, compare, promptTail, textOf, tokensOf } from './comparison.ts';

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
  const name = side === 'baseline' ? 'Baseline' : 'Steered';
  let text = '';
  let drawn: ShownContinuation | undefined;
  const lead = element('span', { class: 'prompt-text' });
  const tokens = element('span');
  const caret = element('span', { class: 'caret' });
  const end = element('span', { class: 'end-mark' }, 'end of text');
  const body = element(
    'p',
    { class: 'token-text continuation-text', attributes: { dir: 'auto' } },
    lead,
    tokens,
    caret,
    end,
  );
  const insert = button({
    label: 'Insert',
    icon: 'insert',
    title: `Insert the ${name.toLowerCase()} continuation after the selection in the editor`,
    onPress: () => {
      onInsert(text);
    },
  });
  const copy = copyButton(`Copy the ${name.toLowerCase()} continuation`, () => text);
  const actions = element('div', { class: 'actions' }, copy, insert.element);
  return {
    element: element(
      'article',
      { class: `continuation continuation-${side}`, attributes: { 'aria-label': name } },
      element('div', { class: 'continuation-top' }, element('h3', {}, name), actions),
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
      nodes.push(element('span', { class: 'divergence' }, hiddenText(' (differs from here:) ')));
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
