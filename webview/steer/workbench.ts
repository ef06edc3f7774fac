// The parts of the steering view put together: what happens in one is passed on to the others here, and nowhere else.
import type {
  FromSteerView,
  SteerViewState,
  ToSteerView,
} from '../../src/shared/webviewProtocol.ts';
import { element } from '../common/element.ts';
import { Arrangement } from './draft/arrangement.ts';
import { directionEditing } from './directions/directionEditing.ts';
import { type Draft, withEdit } from './draft/draft.ts';
import { whatChanged } from './draft/whatChanged.ts';
import type { EditingOptions } from './edits/editing.ts';
import { featureEditing } from './features/featureEditing.ts';
import { focusedTarget, keepFocus } from './focus.ts';
import { historyBar, listenForHistoryKeys } from './historyBar.ts';
import type { KeptLikelihood } from './likelihood/measurer.ts';
import { measuring } from './likelihood/measuring.ts';
import { promptBox } from './promptBox.ts';
import { results } from './results/results.ts';
import { runBar } from './run/runBar.ts';
import { type RunState, isGoing } from './run/runState.ts';
import { runStatus } from './run/runStatus.ts';
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

  const source = element('p', { class: 'source quiet' });
  const prompt = promptBox((text) => {
    arranged.type(text);
    store();
    drawRun();
  });
  const editing: EditingOptions = {
    ...{ arranged, post, change },
    sweep: (target) => {
      sweep.open(target);
    },
  };
  const features = featureEditing(editing);
  const directions = directionEditing(editing);
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
      change(withEdit(arranged.draft, edit), whatChanged(arranged.draft, edit));
      keepFocus(panes, drawOffers);
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
      drawOffers();
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

  function drawOffers(): void {
    source.textContent = sourceText(arranged.state);
    features.draw();
    directions.draw();
  }

  function drawRun(): void {
    const { draft, state } = arranged;
    const run = runner.shown;
    bar.show({
      canRun: arranged.obstacle === undefined,
      isRunning: isGoing(run),
      isLive: draft.isLive,
      status: busy ?? runStatus(run, arranged),
      failure,
    });
    history.show(arranged);
    features.showAge(draft.prompt === state.prompt);
    const { canInsert, canReplace } = state;
    sweep.draw();
    shown.show({ run, canInsert, canReplace, canContinue: runner.canContinue });
    likelihood.draw();
  }

  const controls = [
    ...[prompt.element, features.element, directions.element, settings.element, bar.element],
  ];
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
  drawOffers();
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
      keepFocus(panes, drawOffers);
      drawRun();
    },
    receive: (message) => {
      if (message.kind === 'loading') busy = message.message;
      if (message.kind === 'failed') failure = message.message;
      if (message.kind === 'failed') busy = undefined;
      if (message.kind === 'found') features.add(message);
      if (message.kind === 'askSweep') failure = sweep.openAny(focusedTarget(panes));
      directions.receive(message);
      sweep.receive(message);
      likelihood.receive(message);
      const before = runner.ended;
      runner.receive(message);
      if (runner.ended !== before) store();
      drawRun();
    },
  };
}
