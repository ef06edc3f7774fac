// The likelihood of a given continuation: what is to be judged, and what came of it (finding.ts). It is folded away until
// somebody wants it.
import { t } from '../../../src/shared/l10n.ts';
import { disclosure } from '../../common/disclosure.ts';
import { element } from '../../common/element.ts';
import { button, textArea } from '../../common/ui.ts';
import { keepFocus } from '../focus.ts';
import type { Side } from '../run/comparison.ts';
import { finding } from './finding.ts';
import type { Measurement } from './measurement.ts';
import type { KeptLikelihood } from './measurer.ts';

export interface LikelihoodActions {
  readonly setOpen: (isOpen: boolean) => void;
  readonly write: (continuation: string) => void;
  /** Takes a text of the last run as the continuation. */
  readonly take: (side: Side) => void;
  readonly start: () => void;
  readonly stop: () => void;
}

export interface LikelihoodViewState {
  readonly kept: KeptLikelihood;
  readonly canStart: boolean;
  readonly isOutdated: boolean;
  /** Why nothing can be measured, apart from an empty continuation. */
  readonly obstacle: string | undefined;
  /** The last run has written something on this side. */
  readonly hasText: Readonly<Record<Side, boolean>>;
}

export interface LikelihoodView {
  readonly element: HTMLElement;
  show(state: LikelihoodViewState): void;
}

export function likelihoodView(isOpen: boolean, actions: LikelihoodActions): LikelihoodView {
  let drawn: Measurement | undefined;
  const name = t('Likelihood of a given continuation');
  const field = textArea({
    ...{ label: t('How the text should go on'), placeholder: t('How the text should go on') },
    value: '',
    onInput: actions.write,
  });
  const start = button({
    ...{ label: t('Measure'), icon: 'measure', appearance: 'primary' },
    title: t('Compare how likely the model finds this continuation with the edits and without'),
    onPress: actions.start,
  });
  const takers = {
    baseline: takeButton(t('Baseline Text'), 'baseline', actions),
    steered: takeButton(t('Steered Text'), 'steered', actions),
  };
  const stop = button({ label: t('Stop'), icon: 'stop', onPress: actions.stop });
  const status = element('span', { class: 'quiet', attributes: { role: 'status' } });
  const found = element('div', { class: 'likelihood-found' });
  const content = element(
    'div',
    { class: 'likelihood-content' },
    field.element,
    element(
      'div',
      { class: 'run-bar' },
      ...[start.element, takers.baseline.element, takers.steered.element, stop.element, status],
    ),
    found,
  );
  const toggle = disclosure({
    ...{ label: name, name, content, isOpen },
    onToggle: (isShown) => {
      actions.setOpen(isShown);
      section.scrollIntoView({ block: 'nearest' });
    },
  });
  content.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // Elsewhere in the view these keys run.
    event.stopPropagation();
    actions.start();
  });
  const section = element(
    'section',
    { class: 'likelihood boxed', attributes: { 'aria-label': name } },
    element('h2', {}, toggle.element),
    content,
  );
  return {
    element: section,
    show: (state) => {
      const { shown, continuation } = state.kept;
      if (field.value !== continuation) field.value = continuation;
      start.setEnabled(state.canStart);
      for (const side of ['baseline', 'steered'] as const) {
        takers[side].setEnabled(state.hasText[side]);
      }
      stop.element.hidden = shown?.phase !== 'running';
      const words = statusText(state);
      if (status.textContent !== words) status.textContent = words;
      if (shown?.found !== drawn?.found || shown?.message !== drawn?.message) {
        keepFocus(found, () => {
          found.replaceChildren(...finding(shown));
        });
      }
      drawn = shown;
    },
  };
}

function takeButton(
  label: string,
  side: Side,
  { take }: LikelihoodActions,
): ReturnType<typeof button> {
  const title =
    side === 'baseline'
      ? t('Take what the last run wrote without edits as the continuation')
      : t('Take what the last run wrote with the edits as the continuation');
  return button({
    ...{ label, title },
    onPress: () => {
      take(side);
    },
  });
}

function statusText({ kept, obstacle, isOutdated }: LikelihoodViewState): string {
  if (obstacle !== undefined) return obstacle;
  if (kept.continuation === '') return t('Write how the text should go on, then measure.');
  if (kept.shown?.phase === 'running') return t('Measuring…');
  if (isOutdated) return t('Changed since: measure again.');
  return kept.shown?.phase === 'stopped' ? t('Stopped.') : '';
}
