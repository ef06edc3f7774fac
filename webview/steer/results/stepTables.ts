// What both models expected in one step: the likeliest tokens of each, and what became of their ranks in the other.
import { t } from '../../../src/shared/l10n.ts';
import { numberText, percentText } from '../../../src/shared/numberText.ts';
import { element, hiddenText } from '../../common/element.ts';
import { visibleToken } from '../../common/tokenText.ts';
import { type Side, klOf } from '../run/comparison.ts';
import { rankChange } from '../run/rankChange.ts';
import type { ExpectedToken, RunStep } from '../run/runStep.ts';

export interface StepTables {
  readonly element: HTMLElement;
  /** @param index of the step, from 0 */
  show(step: RunStep | undefined, index: number): void;
}

export function stepTables(): StepTables {
  const head = element('p', { class: 'step-head' });
  const tables = element('div', { class: 'step-tables' });
  const section = element(
    'section',
    { class: 'step', attributes: { 'aria-label': t('What the models expected') } },
    head,
    tables,
  );
  let shown: RunStep | undefined;
  return {
    element: section,
    show: (step, index) => {
      section.hidden = step === undefined;
      if (step === undefined || step === shown) return;
      shown = step;
      head.textContent = stepText(step, index);
      const { expected } = step;
      tables.replaceChildren(
        ...(expected === undefined
          ? [element('p', { class: 'quiet' }, t('One of the texts has ended before this token.'))]
          : [
              table('baseline', expected.baseline, step.baseline?.id),
              table('steered', expected.steered, step.steered?.id),
            ]),
      );
    },
  };
}

/** One step in one line. */
export function stepText(step: RunStep, index: number): string {
  const { baseline, steered } = step;
  const kl = numberText(klOf(step));
  const name = (token: RunStep['baseline']): string =>
    token === undefined ? t('ended') : visibleToken(token.text);
  return baseline?.id === steered?.id
    ? t('Token {0}: {1} in both texts, KL {2} nats', index + 1, name(baseline), kl)
    : t('Token {0}: {1} became {2}, KL {3} nats', index + 1, name(baseline), name(steered), kl);
}

function table(
  side: Side,
  tokens: readonly ExpectedToken[],
  taken: number | undefined,
): HTMLElement {
  const isBaseline = side === 'baseline';
  const column = (name: string): HTMLElement =>
    element('th', { attributes: { scope: 'col' } }, name);
  return element(
    'table',
    { class: 'expected' },
    element('caption', {}, isBaseline ? t('Baseline expected') : t('Steered expected')),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        column(t('Token')),
        column(t('Probability')),
        column(isBaseline ? t('Steered rank') : t('Baseline rank')),
      ),
    ),
    element(
      'tbody',
      {},
      ...tokens.map((token, at) => row({ token, rank: at + 1, isTaken: token.id === taken, side })),
    ),
  );
}

interface Row {
  readonly token: ExpectedToken;
  readonly rank: number;
  readonly isTaken: boolean;
  readonly side: Side;
}

function row({ token, rank, isTaken, side }: Row): HTMLElement {
  const share = element('span', {
    class: 'probability-bar',
    attributes: { 'aria-hidden': 'true' },
  });
  share.style.width = `${(token.probability * 100).toFixed(1)}%`;
  const change = rankChange(rank, token.rankInOther, side);
  return element(
    'tr',
    { class: isTaken ? 'is-taken' : '' },
    element(
      'th',
      { attributes: { scope: 'row' } },
      element('span', { class: 'expected-token' }, visibleToken(token.text)),
      ...(isTaken ? [hiddenText(` (${t('taken')})`)] : []),
    ),
    element('td', {}, percentText(token.probability), share),
    element(
      'td',
      {},
      String(token.rankInOther),
      element('span', { class: `rank-change is-${change.direction}` }, change.words),
    ),
  );
}
