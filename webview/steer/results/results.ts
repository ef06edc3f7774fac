// Baseline beside steered: both continuations of a sample, the strip of KL below them, what the models expected in one
// step, and what links them all: pointing at a token or a bar finds the same step everywhere.
import { t } from '../../../src/shared/l10n.ts';
import { numberText, percentText } from '../../../src/shared/numberText.ts';
import type { SteeredTexts } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { visibleToken } from '../../common/tokenText.ts';
import { addTooltips, indexOfItem } from '../../common/tooltip.ts';
import { button } from '../../common/ui.ts';
import { type Side, divergenceOf, klOf } from '../run/comparison.ts';
import { drawnTokens, endOf, noSample, restOf, sampleText } from '../run/runSample.ts';
import { type RunState, isGoing } from '../run/runState.ts';
import type { RunStep } from '../run/runStep.ts';
import { type ContinuationActions, continuationView } from './continuation.ts';
import { klStrip } from './klStrip.ts';
import { samplePager } from './samplePager.ts';
import { stepTables, stepText } from './stepTables.ts';

export interface ResultsActions extends ContinuationActions {
  readonly compare: (texts: SteeredTexts) => void;
  readonly diff: (texts: SteeredTexts) => void;
  readonly continue: () => void;
}

export interface ResultsState {
  readonly run: RunState | undefined;
  readonly canContinue: boolean;
  readonly canInsert: boolean;
  readonly canReplace: boolean;
}

export interface Results {
  readonly element: HTMLElement;
  /** What the run has written, of the sample that is looked at. */
  readonly texts: SteeredTexts;
  show(state: ResultsState): void;
}

const sidesOf: readonly Side[] = ['baseline', 'steered'];

export function results(actions: ResultsActions): Results {
  let shown: ResultsState | undefined;
  let sample = 0;
  let chosen: number | undefined;
  let pointed: number | undefined;
  const views = {
    baseline: continuationView('baseline', actions),
    steered: continuationView('steered', actions),
  };
  const look = (step: number | undefined): void => {
    pointed = step;
    drawStep();
  };
  const strip = klStrip({
    point: look,
    choose: (step) => {
      chosen = step;
      pointed = undefined;
      drawStep();
    },
  });
  const tables = stepTables();
  const pager = samplePager((next) => {
    sample = next;
    chosen = undefined;
    draw();
  });
  const sides = element('div', { class: 'sides' }, ...sidesOf.map((side) => views[side].element));
  const buttons = resultButtons({ ...actions, texts });
  const empty = element(
    'p',
    { class: 'quiet results-empty' },
    t('The continuation without edits and the one with them appear here side by side.'),
  );
  const filled = element(
    'div',
    { class: 'results-filled' },
    ...[pager.element, sides, buttons.element, strip.element, tables.element],
  );
  addTooltips(
    sides,
    (item) => {
      const side = item.closest('.continuation-baseline') === null ? 'steered' : 'baseline';
      return tipLines(current().steps[indexOfItem(item)], side);
    },
    (item) => {
      look(item === undefined ? undefined : indexOfItem(item));
    },
  );
  sides.addEventListener('click', (event) => {
    const token = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
    if (token instanceof HTMLElement) chosen = indexOfItem(token);
  });

  function current(): RunState['samples'][number] {
    return shown?.run?.samples[sample] ?? noSample;
  }

  function texts(): SteeredTexts {
    return {
      prompt: shown?.run?.prompt ?? '',
      baseline: sampleText(current(), 'baseline'),
      steered: sampleText(current(), 'steered'),
    };
  }

  function draw(): void {
    const run = shown?.run;
    empty.hidden = run !== undefined;
    filled.hidden = run === undefined;
    if (shown === undefined || run === undefined) return;
    sample = Math.min(sample, run.samples.length - 1);
    const shownSample = current();
    if (chosen !== undefined && chosen >= shownSample.steps.length) chosen = undefined;
    const isRunning = isGoing(run);
    for (const side of sidesOf) {
      views[side].show({
        ...{ prompt: run.prompt, isRunning },
        ...{ canInsert: shown.canInsert, canReplace: shown.canReplace },
        tokens: drawnTokens(shownSample, side),
        rest: restOf(shownSample, side),
        text: sampleText(shownSample, side),
        end: run.phase === 'finished' ? endOf(shownSample, side) : undefined,
      });
    }
    pager.show(sample, run.samples.length);
    buttons.show({ hasTexts: !isRunning && shownSample.steps.length > 0, ...shown });
    drawStep();
  }

  /** The step pointed at, else the chosen one, else the one where the texts part. */
  function drawStep(): void {
    const run = shown?.run;
    if (run === undefined) return;
    const { steps } = current();
    const at = pointed ?? chosen ?? divergenceOf(steps);
    const step = at === undefined ? undefined : steps[at];
    const isRunning = isGoing(run);
    strip.show({
      ...{ steps, expected: isRunning ? run.maxTokens : steps.length },
      current: at,
      words: step === undefined || at === undefined ? '' : stepText(step, at),
    });
    tables.show(step, at ?? 0);
    link(sides, pointed ?? chosen);
  }

  return {
    element: element(
      'section',
      { class: 'results', attributes: { 'aria-label': t('Continuations') } },
      empty,
      filled,
    ),
    get texts() {
      return texts();
    },
    show: (state) => {
      if (state.run?.run !== shown?.run?.run) chosen = undefined;
      shown = state;
      draw();
    },
  };
}

interface ResultButtons {
  readonly element: HTMLElement;
  show(state: { readonly hasTexts: boolean; readonly canContinue: boolean }): void;
}

function resultButtons(
  actions: Pick<ResultsActions, 'compare' | 'diff' | 'continue'> & {
    readonly texts: () => SteeredTexts;
  },
): ResultButtons {
  const goOn = button({
    ...{ label: t('Continue'), icon: 'run' },
    title: t('Go on behind both texts'),
    onPress: actions.continue,
  });
  const diff = button({
    ...{ label: t('Open Diff'), icon: 'diff' },
    title: t('Show both texts in a diff editor'),
    onPress: () => {
      actions.diff(actions.texts());
    },
  });
  const compare = button({
    ...{ label: t('Compare in Editor'), icon: 'compare' },
    title: t(
      'Show both texts side by side in an editor, with what the edits did to their features',
    ),
    onPress: () => {
      actions.compare(actions.texts());
    },
  });
  const row = element(
    'div',
    { class: 'below-sides' },
    ...[goOn.element, diff.element, compare.element],
  );
  return {
    element: row,
    show: ({ hasTexts, canContinue }) => {
      row.hidden = !hasTexts;
      goOn.element.hidden = !canContinue;
    },
  };
}

function tipLines(step: RunStep | undefined, side: Side): readonly string[] {
  const token = step?.[side];
  if (step === undefined) return [];
  const head = token === undefined ? t('ended') : visibleToken(token.text);
  const probability =
    token === undefined ? [] : [t('probability {0}', percentText(Math.exp(token.logProbability)))];
  return side === 'baseline'
    ? [head, ...probability]
    : [head, ...probability, t('KL from baseline {0} nats', numberText(klOf(step)))];
}

function link(sides: HTMLElement, index: number | undefined): void {
  for (const linked of sides.querySelectorAll('.is-linked')) linked.classList.remove('is-linked');
  if (index === undefined) return;
  for (const same of sides.querySelectorAll(`[data-tip="${String(index)}"]`)) {
    same.classList.add('is-linked');
  }
}
