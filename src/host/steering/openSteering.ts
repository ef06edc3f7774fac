// The steering that is open in the panel, for commands about it: what it is about and has written, and a way to begin again.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { SteerSnapshot, SteerStart } from '../views/steerStart.ts';

export interface OpenSteering {
  /** `undefined` while no panel is open. */
  readonly snapshot: SteerSnapshot | undefined;
  /** Begins again here. */
  restore(start: SteerStart): Promise<void>;
}

/** @throws MonosemError `badArgument` while no panel is open */
export function expectSnapshot({ snapshot }: OpenSteering): SteerSnapshot {
  if (snapshot !== undefined) return snapshot;
  throw new MonosemError('badArgument', t('No steering panel is open: steer a selection first.'));
}
