// Run, stop, whether changes run by themselves, and how the run is doing. The words change with every token; screen
// readers hear only start and end.
import { t } from '../../../src/shared/l10n.ts';
import { element } from '../../common/element.ts';
import { failureNotice } from '../../common/notice.ts';
import { button, checkbox } from '../../common/ui.ts';

export interface RunBarActions {
  readonly run: () => void;
  readonly stop: () => void;
  readonly setLive: (isLive: boolean) => void;
}

export interface RunBarState {
  readonly canRun: boolean;
  readonly isRunning: boolean;
  readonly isLive: boolean;
  readonly status: string;
  readonly failure: string | undefined;
}

export interface RunBar {
  readonly element: HTMLElement;
  show(state: RunBarState): void;
}

export function runBar(actions: RunBarActions): RunBar {
  const isMac = navigator.userAgent.includes('Mac');
  const run = button({
    ...{ label: t('Run'), icon: 'run', appearance: 'primary' },
    title: isMac ? t('Run (⌘Enter)') : t('Run (Ctrl+Enter)'),
    onPress: actions.run,
  });
  const stop = button({ label: t('Stop'), icon: 'stop', onPress: actions.stop });
  const live = checkbox({
    label: t('Live'),
    title: t('Every change of an edit or a setting runs by itself'),
    isChecked: false,
    onChange: actions.setLive,
  });
  const status = element('span', { class: 'status quiet' });
  const spoken = element('span', {
    class: 'visually-hidden',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  const failure = element('div', { class: 'run-failure' });
  let shownFailure: string | undefined;
  return {
    element: element(
      'div',
      { class: 'run' },
      element(
        'div',
        { class: 'run-bar' },
        ...[run.element, stop.element, live.element, status, spoken],
      ),
      failure,
    ),
    show: (state) => {
      run.setEnabled(state.canRun);
      run.setLabel(state.isRunning ? t('Run Again') : t('Run'), 'run');
      stop.element.hidden = !state.isRunning;
      if (live.value !== state.isLive) live.value = state.isLive;
      status.textContent = state.status;
      const words = state.isRunning ? t('Running') : state.status;
      if (spoken.textContent !== words) spoken.textContent = words;
      if (state.failure !== shownFailure) {
        shownFailure = state.failure;
        failure.replaceChildren(...(state.failure ? [failureNotice(state.failure)] : []));
      }
    },
  };
}
