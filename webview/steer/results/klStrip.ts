// One bar per generated token: how far the steered next-token distribution is from the baseline's. The strip is one
// control: the arrow keys move along the steps, and a click chooses one.
import { t } from '../../../src/shared/l10n.ts';
import { numberText } from '../../../src/shared/numberText.ts';
import { element } from '../../common/element.ts';
import { divergenceOf, klOf, maxKl, meanKl, sharedSteps } from '../run/comparison.ts';
import type { RunStep } from '../run/runStep.ts';

/** Below this the scale does not shrink, so that rounding noise is not drawn as a mountain; in nats. */
const leastScale = 0.1;

export interface KlStripActions {
  /** A step is pointed at; `undefined` when none is any more. */
  readonly point: (step: number | undefined) => void;
  readonly choose: (step: number) => void;
}

export interface KlStripState {
  readonly steps: readonly RunStep[];
  /** Steps to come included. */
  readonly expected: number;
  /** The step that is looked at. */
  readonly current: number | undefined;
  /** What there is to say of it. */
  readonly words: string;
}

export interface KlStrip {
  readonly element: HTMLElement;
  show(state: KlStripState): void;
}

export function klStrip({ point, choose }: KlStripActions): KlStrip {
  let current = 0;
  let last = 0;
  const numbers = element('span', { class: 'kl-numbers' });
  const bars = element('div', {
    class: 'kl-bars',
    attributes: {
      ...{ role: 'slider', tabindex: 0, 'aria-valuemin': 1 },
      'aria-label': t('KL per token; the arrow keys go from token to token'),
    },
  });
  bars.addEventListener('pointerover', (event) => {
    point(stepAt(event.target));
  });
  bars.addEventListener('pointerleave', () => {
    point(undefined);
  });
  bars.addEventListener('click', (event) => {
    const step = stepAt(event.target);
    if (step !== undefined) choose(step);
  });
  bars.addEventListener('keydown', (event) => {
    const next = nextStep(event.key, current, last);
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  });
  const title = t(
    'KL(baseline ‖ steered) of the next-token distributions, in nats; where the texts have parted, of different texts',
  );
  const strip = element(
    'div',
    { class: 'kl' },
    element(
      'div',
      { class: 'kl-top quiet' },
      element('span', { attributes: { title } }, t('KL per token')),
      numbers,
    ),
    bars,
  );
  return {
    element: strip,
    show: (state) => {
      const { steps, words } = state;
      strip.hidden = steps.length === 0;
      last = Math.max(0, steps.length - 1);
      current = Math.min(last, state.current ?? 0);
      numbers.textContent = numbersText(steps);
      bars.setAttribute('aria-valuemax', String(steps.length));
      bars.setAttribute('aria-valuenow', String(current + 1));
      bars.setAttribute('aria-valuetext', words);
      drawBars(bars, state);
    },
  };
}

/** Of the steps in which both models read the same text. */
function numbersText(steps: readonly RunStep[]): string {
  const shared = sharedSteps(steps);
  const [mean, max] = [numberText(meanKl(shared)), numberText(maxKl(shared))];
  return divergenceOf(steps) === undefined
    ? t('mean {0}, max {1} nats', mean, max)
    : t('until the texts part: mean {0}, max {1} nats', mean, max);
}

function stepAt(target: EventTarget | null): number | undefined {
  const slot = target instanceof Element ? target.closest<HTMLElement>('[data-step]') : null;
  return slot === null ? undefined : Number(slot.dataset['step']);
}

function nextStep(key: string, current: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, current - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, current + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

function drawBars(bars: HTMLElement, { steps, expected, current }: KlStripState): void {
  const divergence = divergenceOf(steps);
  const scale = Math.max(maxKl(steps), leastScale);
  const slots = Math.max(expected, steps.length);
  while (bars.childElementCount > slots) bars.lastElementChild?.remove();
  while (bars.childElementCount < slots) {
    bars.append(element('span', { class: 'kl-slot' }, element('span', { class: 'kl-bar' })));
  }
  [...bars.children].forEach((slot, index) => {
    const bar = slot.firstElementChild;
    const step = steps[index];
    if (!(slot instanceof HTMLElement) || !(bar instanceof HTMLElement)) return;
    if (step === undefined) delete slot.dataset['step'];
    else slot.dataset['step'] = String(index);
    slot.classList.toggle('is-divergence', index === divergence);
    slot.classList.toggle('is-parted', divergence !== undefined && index > divergence);
    slot.classList.toggle('is-linked', index === current && step !== undefined);
    bar.style.height = `${((step === undefined ? 0 : klOf(step) / scale) * 100).toFixed(1)}%`;
  });
}
