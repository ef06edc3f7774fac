// A sweep: over which strengths, how far it is, and what it found, as plots and as a table.
import { t } from '../../../src/shared/l10n.ts';
import { element } from '../../common/element.ts';
import { failureNotice } from '../../common/notice.ts';
import { button, numberField } from '../../common/ui.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { operationName, targetName, unitName } from '../edits/editText.ts';
import { keepFocus } from '../focus.ts';
import { setting } from '../settings/setting.ts';
import { sweepPlot } from './sweepPlot.ts';
import { type SweepRange, fewestPoints, mostPoints, rangeProblem } from './sweepRange.ts';
import { sweepTable } from './sweepTable.ts';
import type { SweepState, SweptKind } from './sweepState.ts';
import type { OpenSweep } from './sweeper.ts';

export interface SweepActions {
  readonly setRange: (range: SweepRange) => void;
  readonly start: () => void;
  readonly stop: () => void;
  readonly close: () => void;
  /** Takes a strength, and what it means, into the edit. */
  readonly choose: (strength: SweptKind & { readonly amount: number }) => void;
}

export interface SweepViewState {
  readonly open: OpenSweep;
  /** The edit as it is now. */
  readonly edit: DraftEdit;
  /** The edit can be run and has a strength. */
  readonly canStart: boolean;
  readonly isOutdated: boolean;
}

export interface SweepView {
  readonly element: HTMLElement;
  /** @param state `undefined` where no sweep is open */
  show(state: SweepViewState | undefined): void;
  focus(): void;
}

export function sweepView(actions: SweepActions): SweepView {
  let drawn: SweepViewState | undefined;
  const title = element('h2', { attributes: { id: 'sweep-title' } });
  const close = button({
    ...{ label: t('Close the sweep'), icon: 'remove', iconOnly: true },
    onPress: actions.close,
  });
  const fields = element('div', { class: 'settings' });
  fields.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) actions.start();
  });
  const start = button({
    ...{ label: t('Sweep'), icon: 'sweep', appearance: 'primary' },
    onPress: actions.start,
  });
  const stop = button({ label: t('Stop'), icon: 'stop', onPress: actions.stop });
  const status = element('span', { class: 'sweep-status quiet', attributes: { role: 'status' } });
  const bar = element('progress', { attributes: { 'aria-label': t('Progress of the sweep') } });
  const found = element('div', { class: 'sweep-found' });
  const section = element(
    'section',
    { class: 'sweep boxed', attributes: { 'aria-labelledby': 'sweep-title', hidden: true } },
    element('div', { class: 'top' }, title, close.element),
    fields,
    element('div', { class: 'run-bar' }, start.element, stop.element, bar, status),
    found,
  );

  function showProgress(shown: SweepState | undefined): void {
    const isRunning = shown?.phase === 'running';
    stop.element.hidden = !isRunning;
    bar.hidden = !isRunning;
    bar.max = Math.max(1, shown?.of ?? 0);
    bar.value = shown?.done ?? 0;
  }

  return {
    element: section,
    show: (state) => {
      section.hidden = state === undefined;
      if (state === undefined) return;
      const { open } = state;
      title.textContent = t('Sweep of {0}: {1}', targetName(open.target), kindName(open.kind));
      if (drawn?.open.target !== open.target || drawn.open.kind !== open.kind) {
        fields.replaceChildren(...rangeFields(open.range, actions.setRange));
      }
      start.setEnabled(state.canStart && rangeProblem(open.range) === undefined);
      showProgress(open.shown);
      const words = statusText(state);
      if (status.textContent !== words) status.textContent = words;
      if (!isSameFinding(drawn, state)) {
        keepFocus(found, () => {
          found.replaceChildren(...finding(state, actions.choose));
        });
      }
      drawn = state;
    },
    focus: () => {
      section.scrollIntoView({ block: 'start' });
      fields.querySelector('input')?.focus();
    },
  };
}

function rangeFields(
  initial: SweepRange,
  onChange: (range: SweepRange) => void,
): readonly HTMLElement[] {
  let range = initial;
  const change = (part: Partial<SweepRange>): void => {
    range = { ...range, ...part };
    onChange(range);
  };
  const from = numberField({
    ...{ label: t('Sweep from this strength'), step: 'any', value: range.from },
    onInput: (value) => {
      change({ from: value });
    },
  });
  const to = numberField({
    ...{ label: t('Sweep to this strength'), step: 'any', value: range.to },
    onInput: (value) => {
      change({ to: value });
    },
  });
  const points = numberField({
    ...{ label: t('Strengths to try, both ends included'), step: 1, value: range.points },
    ...{ min: fewestPoints, max: mostPoints },
    onInput: (value) => {
      change({ points: Math.round(value) });
    },
  });
  const titles = { from: t('The smallest strength'), to: t('The largest strength') };
  return [
    setting({
      ...{ label: t('From'), title: titles.from, name: 'from', control: from.element },
    }),
    setting({ ...{ label: t('To'), title: titles.to, name: 'to', control: to.element } }),
    setting({
      ...{ label: t('Points'), title: t('Strengths to try, both ends included') },
      ...{ name: 'points', control: points.element },
    }),
  ];
}

function statusText({ open: { shown, range }, isOutdated, canStart }: SweepViewState): string {
  const problem = rangeProblem(range);
  if (problem !== undefined) return problem;
  if (!canStart) return t('Choose an edit with a strength here, then sweep it.');
  switch (shown?.phase) {
    case undefined:
    case 'failed':
      return '';
    case 'running':
      return shown.of === 0 ? t('Starting…') : t('Step {0} of {1}', shown.done, shown.of);
    case 'stopped':
      return t('Stopped.');
    case 'finished':
      return isOutdated ? t('Changed since: sweep again.') : '';
  }
}

function isSameFinding(a: SweepViewState | undefined, b: SweepViewState): boolean {
  return (
    a?.open.shown?.result === b.open.shown?.result &&
    a?.open.shown?.message === b.open.shown?.message &&
    a?.open.target === b.open.target &&
    a.edit.amount === b.edit.amount &&
    a.open.kind === b.open.kind
  );
}

function finding(
  { open: { shown }, edit }: SweepViewState,
  choose: SweepActions['choose'],
): readonly HTMLElement[] {
  if (shown?.message !== undefined) return [failureNotice(shown.message)];
  if (shown?.result === undefined) return [];
  const { result, swept } = shown;
  const { points, baseline } = result;
  const isSameKind = edit.operation === swept.operation && edit.unit === swept.unit;
  const current = isSameKind ? edit.amount : NaN;
  const onChoose = (amount: number): void => {
    choose({ ...swept, amount });
  };
  const common = { amounts: points.map(({ amount }) => amount), current, onChoose };
  return [
    element(
      'div',
      { class: 'sweep-plots' },
      sweepPlot({
        ...{ ...common, name: t('KL'), values: points.map(({ kl }) => kl) },
        title: t('KL(baseline ‖ steered) in nats, mean over the tokens of the baseline'),
      }),
      sweepPlot({
        ...{ ...common, name: t('Perplexity'), values: points.map((each) => each.perplexity) },
        title: t('Of the text under the model without edits'),
        baseline: baseline.perplexity,
      }),
      sweepPlot({
        ...{ ...common, name: t('Repetition'), values: points.map((each) => each.repetition) },
        title: t('Share of the 4-grams of tokens that occurred before'),
        baseline: baseline.repetition,
      }),
    ),
    sweepTable(result, current, onChoose),
  ];
}

function kindName({ operation, unit }: SweptKind): string {
  const hasUnit = operation === 'add' || operation === 'clamp';
  return hasUnit ? `${operationName(operation)}, ${unitName(unit)}` : operationName(operation);
}
