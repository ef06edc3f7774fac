// What a measurement found: in a sentence, in numbers and token by token, or why it found nothing.
import { t } from '../../../src/shared/l10n.ts';
import { countText } from '../../../src/shared/numberText.ts';
import { element } from '../../common/element.ts';
import { failureNotice } from '../../common/notice.ts';
import { judgedText, lossChangeLegend } from './judgedText.ts';
import { likelihoodRows, verdictText } from './likelihoodText.ts';
import type { Likelihood, Measurement } from './measurement.ts';

export function finding(shown: Measurement | undefined): readonly HTMLElement[] {
  if (shown?.message !== undefined) return [failureNotice(shown.message)];
  if (shown?.found === undefined) return [];
  const { found } = shown;
  return [
    element('p', { class: 'likelihood-verdict' }, verdictText(found)),
    figures(found),
    judgedText(found.tokens),
    lossChangeLegend(),
  ];
}

function figures(found: Likelihood): HTMLElement {
  const { length } = found.tokens;
  const column = (words: string): HTMLElement =>
    element('th', { attributes: { scope: 'col' } }, words);
  const count = length === 1 ? t('1 token') : t('{0} tokens', countText(length));
  return element(
    'table',
    { class: 'likelihood-figures', attributes: { 'aria-label': t('Loss of the continuation') } },
    element(
      'thead',
      {},
      element('tr', {}, ...[count, t('Baseline'), t('Steered'), t('Change')].map(column)),
    ),
    element(
      'tbody',
      {},
      ...likelihoodRows(found).map(({ name, baseline, steered, change }) =>
        element(
          'tr',
          {},
          element('th', { attributes: { scope: 'row' } }, name),
          ...[baseline, steered, change].map((figure) => element('td', {}, figure)),
        ),
      ),
    ),
  );
}
