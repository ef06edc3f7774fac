// What stands beside the Run button: what is in the way, how the run is doing, or what there is to run. Pure.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerRequest } from '../../../src/shared/webviewProtocol.ts';
import { type RunState, isGoing, isOutdated, mostSteps } from './runState.ts';
import { runText } from './runText.ts';

export function runStatus(
  run: RunState | undefined,
  { obstacle, request }: { readonly obstacle: string | undefined; readonly request: SteerRequest },
): string {
  if (obstacle !== undefined) return obstacle;
  if (run !== undefined && (isGoing(run) || mostSteps(run.samples) > 0)) {
    const isOld = !isGoing(run) && isOutdated(run, request);
    return isOld ? `${runText(run)} ${t('Changed since: run again.')}` : runText(run);
  }
  const count = request.edits.length;
  if (count === 0) return t('Choose an edit, then run.');
  return count === 1 ? t('1 edit to run.') : t('{0} edits to run.', count);
}
