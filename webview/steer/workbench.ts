// The parts of the steering view put together: what happens in one is passed on to the others here, and nowhere else.
import type { FeatureRef } from '../../src/shared/engineProtocol.ts';
import { featureKey, sameFeature } from '../../src/shared/featureRef.ts';
import { t } from '../../src/shared/l10n.ts';
import { featureIndex } from '../../src/shared/units.ts';
import type {
  FromSteerView,
  SteerViewState,
  ToSteerView,
} from '../../src/shared/webviewProtocol.ts';
import { element } from '../common/element.ts';
import { Arrangement } from './draft/arrangement.ts';
import {
  type Draft,
  editOf,
  listedFeatures,
  refOf,
  withEdit,
  withFeature,
  withoutFeature,
} from './draft/draft.ts';
import type { DraftEdit } from './draft/draftEdit.ts';
import { featureList } from './edits/featureList.ts';
import { historyBar, listenForHistoryKeys } from './historyBar.ts';
import { keepFocus } from './keepFocus.ts';
import type { KeptLikelihood } from './likelihood/measurer.ts';
import { measuring } from './likelihood/measuring.ts';
import { promptBox } from './promptBox.ts';
import { results } from './results/results.ts';
import { runBar } from './run/runBar.ts';
import { type RunState, isGoing, isOutdated, mostSteps } from './run/runState.ts';
import { runText } from './run/runText.ts';
import { Runner } from './run/runner.ts';
import { settingsPlace } from './settings/settingsPlace.ts';
import { sourceText } from './sourceText.ts';
import { sweeping } from './sweep/sweeping.ts';
import type { OpenSweep } from './sweep/sweeper.ts';

interface WorkbenchOptions {
  readonly state: SteerViewState;
  readonly draft: Draft;
  readonly run: RunState | undefined;
  readonly sweep: OpenSweep | undefined;
  readonly likelihood: KeptLikelihood | undefined;
  readonly post: (message: FromSteerView) => void;
  /** Keeps what would be lost when the view is reloaded. */
  readonly store: (kept: Kept) => void;
}

export interface Kept {
  readonly draft: Draft;
  /** The last run that ended. */
  readonly run: RunState | undefined;
  /** What is open. */
  readonly sweep: OpenSweep | undefined;
  readonly likelihood: KeptLikelihood | undefined;
}

export interface Workbench {
  readonly element: HTMLElement;
  showState(state: SteerViewState): void;
  receive(message: ToSteerView): void;
}

export function workbench(options: WorkbenchOptions): Workbench {
  const { post } = options;
  const arranged = new Arrangement(options.state, options.draft);
  const runner = new Runner({
    request: () => (arranged.obstacle === undefined ? arranged.request : undefined),
    isLive: () => arranged.draft.isLive,
    post: (message) => {
      failure = undefined;
      if (message.kind === 'run') arranged.wasSent();
      post(message);
    },
    onChange: () => {
      store();
      drawRun();
    },
    restored: options.run,
  });
  let failure: string | undefined;
  let busy: string | undefined;
  let awaited: FeatureRef | undefined;

  const source = element('p', { class: 'source quiet' });
  const prompt = promptBox((text) => {
    arranged.type(text);
    store();
    drawRun();
  });
  const features = featureList({
    edit: (edit) => {
      const before = arranged.draft.edits.find((each) => sameFeature(each, edit));
      change(withEdit(arranged.draft, edit), whatChanged(before, edit));
    },
    open: (feature) => {
      post({ kind: 'openFeature', ...feature });
    },
    remove: (feature) => {
      change(withoutFeature(arranged.draft, feature), featureKey(feature));
      drawFeatures();
    },
    sweep: (feature) => {
      sweep.open(feature);
    },
    add,
    find: () => {
      post({ kind: 'findFeature' });
    },
  });
  const settings = settingsPlace((changed) => {
    change({ ...arranged.draft, settings: changed }, 'settings');
  });
  const bar = runBar({
    run: start,
    stop: () => {
      runner.stop();
    },
    setLive: (isLive) => {
      arranged.setLive(isLive);
      post({ kind: 'setLive', isLive });
      changed();
      store();
    },
  });
  const shown = results({
    insert: (text) => {
      post({ kind: 'insert', text });
    },
    replace: (text) => {
      post({ kind: 'replace', text });
    },
    compare: (texts) => {
      post({ kind: 'compare', ...texts });
    },
    diff: (texts) => {
      post({ kind: 'diff', ...texts });
    },
    continue: () => {
      runner.continue();
    },
  });
  const sweep = sweeping({
    ...{ arranged, post, restored: options.sweep },
    take: (edit) => {
      change(withEdit(arranged.draft, edit), whatChanged(undefined, edit));
      keepFocus(panes, drawFeatures);
    },
    onChange: store,
  });
  const likelihood = measuring({
    ...{ arranged, post, restored: options.likelihood },
    texts: () => (isGoing(runner.shown) ? undefined : shown.texts),
    onChange: store,
  });
  const steps = { undo: stepBack, redo: stepForth };
  const history = historyBar(steps);

  function change(next: Draft, what: string): void {
    arranged.change(next, what);
    changed();
    store();
    drawRun();
  }

  function changed(): void {
    runner.changed();
    likelihood.changed();
  }

  function add({ sae, feature }: FeatureRef): void {
    const ref = { sae, feature };
    change(withFeature(arranged.draft, ref), featureKey(ref));
    awaited = ref;
    post({ kind: 'addFeature', ...ref });
  }

  function stepBack(): void {
    arranged.undo();
    redraw();
  }

  function stepForth(): void {
    arranged.redo();
    redraw();
  }

  function redraw(): void {
    changed();
    store();
    keepFocus(panes, () => {
      drawArrangement();
      drawFeatures();
    });
    drawRun();
  }

  function store(): void {
    options.store({
      ...{ draft: arranged.draft, run: runner.ended },
      ...{ sweep: sweep.kept, likelihood: likelihood.kept },
    });
  }

  function start(): void {
    runner.start();
    const isBelow = shown.element.getBoundingClientRect().top > window.innerHeight / 2;
    if (isBelow) bar.element.scrollIntoView({ block: 'start' });
  }

  function drawArrangement(): void {
    const { draft, state } = arranged;
    prompt.show(draft.prompt);
    settings.show(draft.settings, state.hasChatTemplate);
  }

  function drawFeatures(): void {
    const { draft, state } = arranged;
    const listed = listedFeatures(draft, state);
    source.textContent = sourceText(state);
    features.show(
      listed.map((feature) => ({ feature, edit: editOf(draft, feature) })),
      state.saes,
    );
    const wanted = awaited;
    if (wanted !== undefined && listed.some((feature) => sameFeature(refOf(feature), wanted))) {
      features.focus(wanted);
      awaited = undefined;
    }
  }

  function drawRun(): void {
    const { draft, state } = arranged;
    const run = runner.shown;
    bar.show({
      canRun: arranged.obstacle === undefined,
      isRunning: isGoing(run),
      isLive: draft.isLive,
      status: busy ?? statusText(),
      failure,
    });
    history.show(arranged);
    features.showAge(draft.prompt === state.prompt);
    const { canInsert, canReplace } = state;
    sweep.draw();
    shown.show({ run, canInsert, canReplace, canContinue: runner.canContinue });
    likelihood.draw();
  }

  function statusText(): string {
    const { obstacle, request } = arranged;
    const run = runner.shown;
    if (obstacle !== undefined) return obstacle;
    if (run !== undefined && (isGoing(run) || mostSteps(run.samples) > 0)) {
      const isOld = !isGoing(run) && isOutdated(run, request);
      return isOld ? `${runText(run)} ${t('Changed since: run again.')}` : runText(run);
    }
    const count = request.edits.length;
    if (count === 0) return t('Choose an edit for a feature, then run.');
    return count === 1 ? t('1 edit to run.') : t('{0} edits to run.', count);
  }

  const controls = [prompt.element, features.element, settings.element, bar.element];
  const top = element('div', { class: 'top' }, source, history.element);
  const panes = element(
    'div',
    { class: 'workbench' },
    element('div', { class: 'controls' }, top, ...controls),
    element('div', { class: 'outcome' }, shown.element, likelihood.element, sweep.element),
  );
  listenForHistoryKeys(panes, steps);
  panes.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    start();
  });
  drawArrangement();
  drawFeatures();
  drawRun();

  return {
    element: panes,
    showState: (next) => {
      const isNew = arranged.takeIn(next);
      busy = undefined;
      failure = undefined;
      if (isNew) {
        runner.forget();
        sweep.close();
        likelihood.forget();
        drawArrangement();
      }
      store();
      keepFocus(features.element, drawFeatures);
      drawRun();
    },
    receive: (message) => {
      if (message.kind === 'loading') busy = message.message;
      if (message.kind === 'failed') failure = message.message;
      if (message.kind === 'failed') busy = undefined;
      if (message.kind === 'found') add(message);
      if (message.kind === 'askSweep') failure = sweep.openAny(focusedFeature(panes));
      sweep.receive(message);
      likelihood.receive(message);
      const before = runner.ended;
      runner.receive(message);
      if (runner.ended !== before) store();
      drawRun();
    },
  };
}

/** Changes of the same value of the same edit are undone together. */
function whatChanged(before: DraftEdit | undefined, edit: DraftEdit): string {
  const names = Object.keys(edit) as readonly (keyof DraftEdit)[];
  const others = names.filter((name) => edit[name] !== before?.[name]);
  return `${featureKey(edit)} ${others.join(' ')}`;
}

/** The feature of the row that has the focus. */
function focusedFeature(place: HTMLElement): FeatureRef | undefined {
  const row = place.querySelector<HTMLElement>('.feature-row:focus-within');
  const { sae, feature } = row?.dataset ?? {};
  if (sae === undefined || feature === undefined) return undefined;
  return { sae, feature: featureIndex(Number(feature)) };
}
