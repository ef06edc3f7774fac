// Tells about failed analyses once: a model that cannot be opened fails for every file and every keystroke, and
// nobody wants to read that more than once. The status bar goes on showing it.
import type { Disposable } from '../../shared/disposable.ts';
import { showFailure } from './notifications.ts';
import type { Services } from '../services.ts';

export function reportFailures({ analyses, log }: Services): Disposable {
  const told = new Set<string>();
  return analyses.onDidChange((uri) => {
    const state = analyses.of(uri)?.state;
    if (state?.kind === 'ready') told.clear();
    if (state?.kind !== 'failed' || told.has(state.reason.message)) return;
    told.add(state.reason.message);
    void showFailure(state.reason, log);
  });
}
