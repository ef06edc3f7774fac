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
  const body = element('p', {
    class: 'token-text continuation-text',
    attributes: { dir: 'auto', 'aria-label': `${name} continuation` },
  });
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
      { class: `continuation continuation-${side}` },
      element('div', { class: 'continuation-top' }, element('h3', {}, name), actions),
      body,
    ),
    show: (shown) => {
      text = textOf(shown.steps, side);
      actions.hidden = text === '';
      showInsert(insert, shown.canInsert);
      body.replaceChildren(
        element('span', { class: 'prompt-text' }, promptTail(shown.prompt, promptLimit)),
        ...tokenNodes(shown.steps, side),
      );
      if (shown.isRunning) body.append(element('span', { class: 'caret' }));
      else if (shown.hasEnded) body.append(element('span', { class: 'end-mark' }, 'end of text'));
    },
  };
}

function showInsert(insert: ButtonControl, canInsert: boolean): void {
  insert.setEnabled(canInsert);
  insert.element.hidden = !canInsert;
}

function tokenNodes(steps: readonly SteerStep[], side: Side): Node[] {
  const { divergence } = compare(steps);
  const nodes: Node[] = [];
  tokensOf(steps, side).forEach(({ token, step }, index) => {
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
