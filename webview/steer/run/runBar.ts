// Run, stop, and how the run is doing. The words change with every token; screen readers hear only start and end.
import { t } from '../../../src/shared/l10n.ts';
import { element } from '../../common/element.ts';
import { failureNotice } from '../../common/notice.ts';
import { button } from '../../common/ui.ts';

export interface RunBarState {
  readonly canRun: boolean;
  readonly isRunning: boolean;
  readonly status: string;
  readonly failure: string | undefined;
}

export interface RunBar {
  readonly element: HTMLElement;
  show(state: RunBarState): void;
}

export function runBar(onRun: () => void, onStop: () => void): RunBar {
  const isMac = navigator.userAgent.includes('Mac');
  const run = button({
    label: t('Run'),
    icon: 'run',
    appearance: 'primary',
    title: isMac ? t('Run (⌘Enter)') : t('Run (Ctrl+Enter)'),
    onPress: onRun,
  });
  const stop = button({ label: t('Stop'), icon: 'stop', onPress: onStop });
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
      element('div', { class: 'run-bar' }, run.element, stop.element, status, spoken),
      failure,
    ),
    show: (state) => {
      run.setEnabled(state.canRun);
      run.setLabel(state.isRunning ? t('Run Again') : t('Run'), 'run');
      stop.element.hidden = !state.isRunning;
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
