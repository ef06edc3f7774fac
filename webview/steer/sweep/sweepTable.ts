// What a sweep found, in numbers and texts; the strengths are buttons that take them into the edit.
import type { SweepMeasures, SweepResult } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import { numberText, percentText } from '../../../src/shared/numberText.ts';
import { element } from '../../common/element.ts';
import { flowingPieces } from '../../common/tokenText.ts';
import { amountText } from './amountText.ts';

export function sweepTable(
  { baseline, points }: SweepResult,
  current: number,
  onChoose: (amount: number) => void,
): HTMLElement {
  const column = (name: string): HTMLElement =>
    element('th', { attributes: { scope: 'col' } }, name);
  const take = (amount: number): HTMLElement =>
    element(
      'button',
      {
        class: 'link',
        attributes: {
          ...{ type: 'button', 'data-control': amount },
          title: t('Take this strength into the edit'),
        },
        onClick: () => {
          onChoose(amount);
        },
      },
      amountText(amount),
    );
  return element(
    'table',
    { class: 'sweep-table', attributes: { 'aria-label': t('Texts by strength') } },
    element(
      'thead',
      {},
      element('tr', {}, ...[t('Strength'), t('KL'), t('Perplexity'), t('Repetition')].map(column)),
    ),
    found(element('span', { class: 'quiet' }, t('Baseline')), baseline, ''),
    ...points.map((point) =>
      found(take(point.amount), point, point.amount === current ? 'is-current' : ''),
    ),
  );
}

type Found = SweepMeasures & { readonly continuation: { readonly text: string } };

function textOf({ continuation: { text } }: Found): readonly (string | HTMLElement)[] {
  if (text === '') return [element('span', { class: 'quiet' }, t('The text ends at once.'))];
  return flowingPieces(text.trim(), false).map(({ text, isMark }) =>
    isMark ? element('span', { class: 'token-mark' }, text) : text,
  );
}

/** The measures in one row, the text below them. */
function found(head: HTMLElement, point: Found, kind: string): HTMLElement {
  const { kl, perplexity, repetition } = point;
  const figures = [numberText(kl), numberText(perplexity), percentText(repetition)];
  return element(
    'tbody',
    { class: kind },
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'rowgroup' } }, head),
      ...figures.map((figure) => element('td', {}, figure)),
    ),
    element(
      'tr',
      {},
      element(
        'td',
        { class: 'sweep-text', attributes: { colspan: 4, dir: 'auto' } },
        ...textOf(point),
      ),
    ),
  );
}
