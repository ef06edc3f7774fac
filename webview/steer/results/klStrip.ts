// One bar per generated token: how far the steered next-token distribution is from the baseline's.
import type { SteerStep } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import { numberText } from '../../../src/shared/numberText.ts';
import { element } from '../../common/element.ts';
import { markItem } from '../../common/tooltip.ts';
import { type Comparison, compare } from '../run/comparison.ts';

/** Below this the scale does not shrink, so that rounding noise is not drawn as a mountain; in nats. */
const leastScale = 0.1;

export interface KlStrip {
  readonly element: HTMLElement;
  show(steps: readonly SteerStep[], expected: number): void;
}

export function klStrip(): KlStrip {
  const numbers = element('span', { class: 'kl-numbers' });
  const bars = element('div', { class: 'kl-bars', attributes: { role: 'img' } });
  const strip = element(
    'div',
    { class: 'kl' },
    element(
      'div',
      { class: 'kl-top quiet' },
      element(
        'span',
        {
          attributes: {
            title: t('KL(baseline ‖ steered) of the next-token distributions, in nats'),
          },
        },
        t('KL per token'),
      ),
      numbers,
    ),
    bars,
  );
  return {
    element: strip,
    show: (steps, expected) => {
      const comparison = compare(steps);
      strip.hidden = steps.length === 0;
      const mean = numberText(comparison.meanKl);
      const max = numberText(comparison.maxKl);
      numbers.textContent = t('mean {0}, max {1} nats', mean, max);
      bars.setAttribute('aria-label', t('KL per token: mean {0}, max {1} nats', mean, max));
      drawBars(bars, comparison, Math.max(expected, steps.length));
    },
  };
}

function drawBars(
  bars: HTMLElement,
  { steps, maxKl, divergence }: Comparison,
  slots: number,
): void {
  const scale = Math.max(maxKl, leastScale);
  while (bars.childElementCount > slots) bars.lastElementChild?.remove();
  while (bars.childElementCount < slots) {
    bars.append(element('span', { class: 'kl-slot' }, element('span', { class: 'kl-bar' })));
  }
  [...bars.children].forEach((slot, index) => {
    const bar = slot.firstElementChild;
    const step = steps[index];
    if (!(slot instanceof HTMLElement) || !(bar instanceof HTMLElement)) return;
    if (step === undefined) delete slot.dataset['tip'];
    else markItem(slot, index, false);
    slot.classList.toggle('is-divergence', index === divergence);
    const share =
      step === undefined || !Number.isFinite(step.kl) ? 0 : Math.max(0, step.kl) / scale;
    bar.style.height = `${(share * 100).toFixed(1)}%`;
  });
}
