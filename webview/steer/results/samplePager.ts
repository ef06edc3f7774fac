// Which of several samples is shown.
import { t } from '../../../src/shared/l10n.ts';
import { element } from '../../common/element.ts';
import { button } from '../../common/ui.ts';

export interface SamplePager {
  readonly element: HTMLElement;
  /** @param shown from 0 */
  show(shown: number, count: number): void;
}

export function samplePager(onTurn: (sample: number) => void): SamplePager {
  let current = 0;
  const previous = button({
    ...{ label: t('Previous sample'), icon: 'previous', iconOnly: true },
    onPress: () => {
      onTurn(current - 1);
    },
  });
  const next = button({
    ...{ label: t('Next sample'), icon: 'next', iconOnly: true },
    onPress: () => {
      onTurn(current + 1);
    },
  });
  const place = element('span', { class: 'quiet', attributes: { 'aria-live': 'polite' } });
  const pager = element(
    'div',
    { class: 'sample-pager', attributes: { role: 'group', 'aria-label': t('Samples') } },
    ...[previous.element, place, next.element],
  );
  return {
    element: pager,
    show: (shown, count) => {
      current = shown;
      pager.hidden = count < 2;
      place.textContent = t('Sample {0} of {1}', shown + 1, count);
      previous.setEnabled(shown > 0);
      next.setEnabled(shown + 1 < count);
    },
  };
}
