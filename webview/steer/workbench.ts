// The parts of the steering view put together: what happens in one is passed on to the others here, and nowhere else.
import type {
  FromSteerView,
  SteerViewState,
  ToSteerView,
} from '../../src/shared/webviewProtocol.ts';
import type { FeatureRef } from '../../src/shared/engineProtocol.ts';
import { sameFeature } from '../../src/shared/featureRef.ts';
import { t } from '../../src/shared/l10n.ts';
import { element } from '../common/element.ts';
import {
  type Draft,
  chosenEdits,
  editOf,
  editsToRun,
  keepEdited,
  listedFeatures,
  mergeSnapshot,
  refOf,
  sent,
  withEdit,
  withFeature,
  withoutFeature,
} from './draft/draft.ts';
import { rangesProblem } from './edits/conditions.ts';
import { featureList } from './edits/featureList.ts';
import { promptBox } from './promptBox.ts';
import { results } from './results/results.ts';
import { runBar } from './run/runBar.ts';
import {
  type RunRequest,
  type RunState,
  askedRun,
  isGoing,
  isOutdated,
  nextRun,
  runText,
} from './run/runState.ts';
import { settingsBar } from './settings/settingsBar.ts';
import { sourceText } from './sourceText.ts';

interface WorkbenchOptions {
  readonly state: SteerViewState;
  readonly draft: Draft;
  readonly run: RunState | undefined;
  readonly post: (message: FromSteerView) => void;
  /** Keeps what would be lost when the view is reloaded. */
  readonly store: (draft: Draft, run: RunState | undefined) => void;
}

export interface Workbench {
  readonly element: HTMLElement;
  showState(state: SteerViewState): void;
  receive(message: ToSteerView): void;
}

export function workbench(options: WorkbenchOptions): Workbench {
  const { post } = options;
  let { state, draft, run } = options;
  let lastEnded = run;
  let failure: string | undefined;
  let busy: string | undefined;
  let awaited: FeatureRef | undefined;

  const source = element('p', { class: 'source quiet' });
  const prompt = promptBox((text) => {
    change({ ...draft, prompt: text });
  });
  const features = featureList({
    edit: (edit) => {
      change(withEdit(draft, edit));
    },
    open: (feature) => {
      post({ kind: 'openFeature', ...feature });
    },
    remove: (feature) => {
      change(withoutFeature(draft, feature));
      drawFeatures();
    },
    add: (feature) => {
      change(withFeature(draft, feature));
      awaited = feature;
      post({ kind: 'addFeature', ...feature });
    },
  });
  const settings = element('div', { class: 'settings-place' });
  const bar = runBar(start, () => {
    post({ kind: 'stop' });
  });
  const comparison = results(
    (text) => {
      post({ kind: 'insert', text });
    },
    (texts) => {
      post({ kind: 'compare', ...texts });
    },
  );

  function change(next: Draft): void {
    draft = next;
    options.store(draft, lastEnded);
    drawRun();
  }

  function start(): void {
    if (obstacle() !== undefined) return;
    failure = undefined;
    const request = currentRequest();
    run = askedRun(request);
    post(request);
    draft = sent(draft);
    options.store(draft, lastEnded);
    drawRun();
    const isBelow = comparison.element.getBoundingClientRect().top > window.innerHeight / 2;
    if (isBelow) bar.element.scrollIntoView({ block: 'start' });
  }

  function currentRequest(): RunRequest {
    const { prompt: text, settings: chosen } = draft;
    return { kind: 'run', prompt: text, edits: editsToRun(draft, state), settings: chosen };
  }

  function drawArrangement(): void {
    prompt.show(draft.prompt);
    settings.replaceChildren(
      settingsBar(draft.settings, (changed) => {
        change({ ...draft, settings: changed });
      }),
    );
  }

  function drawFeatures(): void {
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
    const isRunning = isGoing(run);
    bar.show({
      canRun: obstacle() === undefined,
      isRunning,
      status: busy ?? statusText(),
      failure,
    });
    features.showAge(draft.prompt === state.prompt);
    const isComplete = run?.phase === 'finished';
    comparison.show(run && { ...run, isRunning, isComplete }, state.canInsert);
  }

  /** Why there is nothing to run. */
  function obstacle(): string | undefined {
    if (draft.prompt.trim() === '') return t('Write a prompt to run.');
    return chosenEdits(draft, state)
      .map(({ ranges }) => rangesProblem(ranges))
      .find((problem) => problem !== undefined);
  }

  function statusText(): string {
    const why = obstacle();
    if (why !== undefined) return why;
    if (run !== undefined && (isGoing(run) || run.steps.length > 0)) {
      const isOld = !isGoing(run) && isOutdated(run, currentRequest());
      return isOld ? `${runText(run)} ${t('Changed since: run again.')}` : runText(run);
    }
    const { edits } = currentRequest();
    if (edits.length === 0) return t('Choose an edit for a feature, then run.');
    return edits.length === 1 ? t('1 edit to run.') : t('{0} edits to run.', edits.length);
  }

  const panes = element(
    'div',
    { class: 'workbench' },
    element(
      'div',
      { class: 'controls' },
      source,
      prompt.element,
      features.element,
      settings,
      bar.element,
    ),
    comparison.element,
  );
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
      const merged = mergeSnapshot(draft, next);
      const isNew = merged.prompt !== draft.prompt;
      state = isNew ? next : keepEdited(draft, state, next);
      busy = undefined;
      failure = undefined;
      if (isNew) {
        draft = merged;
        run = undefined;
        lastEnded = undefined;
        drawArrangement();
      }
      draft = merged;
      options.store(draft, lastEnded);
      drawFeatures();
      drawRun();
    },
    receive: (message) => {
      if (message.kind === 'loading') busy = message.message;
      if (message.kind === 'failed') failure = message.message;
      if (message.kind === 'failed') busy = undefined;
      if (run !== undefined) run = nextRun(run, message);
      if (run !== undefined && !isGoing(run) && run !== lastEnded) {
        lastEnded = run;
        options.store(draft, lastEnded);
      }
      drawRun();
    },
  };
}
