// Baseline beside steered: both continuations, the strip of KL under the steered one, and what links the three: pointing
// at a token shows its numbers and finds the same step in the others.
import type { GeneratedToken, SteerStep } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import { numberText, percentText } from '../../../src/shared/numberText.ts';
import type { SteeredTexts } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { visibleToken } from '../../common/tokenText.ts';
import { addTooltips, indexOfItem } from '../../common/tooltip.ts';
import { button } from '../../common/ui.ts';
import { textOf } from '../run/comparison.ts';
import { continuationView } from './continuation.ts';
import { klStrip } from './klStrip.ts';

export interface RunShown {
  readonly prompt: string;
  readonly steps: readonly SteerStep[];
  /** Most tokens the run may generate. */
  readonly maxTokens: number;
  readonly isRunning: boolean;
  /** The run came to its own end, rather than being stopped. */
  readonly isComplete: boolean;
}

export interface Results {
  readonly element: HTMLElement;
  show(run: RunShown | undefined, canInsert: boolean): void;
}

export function results(
  onInsert: (text: string) => void,
  onCompare: (texts: SteeredTexts) => void,
): Results {
  let steps: readonly SteerStep[] = [];
  let prompt = '';
  const baseline = continuationView('baseline', onInsert);
  const steered = continuationView('steered', onInsert);
  const strip = klStrip();
  steered.element.append(strip.element);
  const sides = element('div', { class: 'sides' }, baseline.element, steered.element);
  const compare = button({
    label: t('Compare in Editor'),
    icon: 'compare',
    title: t(
      'Show both texts side by side in an editor, with what the edits did to their features',
    ),
    onPress: () => {
      const [baselineText, steeredText] = [textOf(steps, 'baseline'), textOf(steps, 'steered')];
      onCompare({ prompt, baseline: baselineText, steered: steeredText });
    },
  });
  const below = element('div', { class: 'below-sides' }, compare.element);
  const empty = element(
    'p',
    { class: 'quiet results-empty' },
    t('The continuation without edits and the one with them appear here side by side.'),
  );
  const section = element(
    'section',
    { class: 'results', attributes: { 'aria-label': t('Continuations') } },
    empty,
    sides,
    below,
  );
  addTooltips(
    sides,
    (item) => tipLines(steps[indexOfItem(item)], item.closest('.continuation-baseline') !== null),
    (item) => {
      link(sides, item === undefined ? undefined : indexOfItem(item));
    },
  );
  return {
    element: section,
    show: (run, canInsert) => {
      empty.hidden = run !== undefined;
      sides.hidden = run === undefined;
      below.hidden = run === undefined || run.isRunning || run.steps.length === 0;
      if (run === undefined) return;
      ({ steps, prompt } = run);
      for (const [side, view] of [['baseline', baseline] as const, ['steered', steered] as const]) {
        const tokens = steps.filter((step) => step[side] !== undefined).length;
        const hasEnded = run.isComplete && tokens < run.maxTokens;
        view.show({ ...run, canInsert, hasEnded });
      }
      strip.show(steps, run.isRunning ? run.maxTokens : steps.length);
    },
  };
}

function tipLines(step: SteerStep | undefined, isBaseline: boolean): readonly string[] {
  const token = isBaseline ? step?.baseline : step?.steered;
  if (step === undefined) return [];
  const head = token === undefined ? t('ended') : visibleToken(token.text);
  const lines = token === undefined ? [] : [t('probability {0}', probabilityText(token))];
  return isBaseline
    ? [head, ...lines]
    : [head, ...lines, t('KL from baseline {0} nats', numberText(step.kl))];
}

function probabilityText({ logProbability }: GeneratedToken): string {
  return percentText(Math.exp(logProbability));
}

function link(sides: HTMLElement, index: number | undefined): void {
  for (const linked of sides.querySelectorAll('.is-linked')) linked.classList.remove('is-linked');
  if (index === undefined) return;
  for (const same of sides.querySelectorAll(`[data-tip="${String(index)}"]`)) {
    same.classList.add('is-linked');
  }
}
