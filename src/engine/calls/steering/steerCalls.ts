// Continuations under edits, on an open source.
import type {
  SteerParams,
  SteerResult,
  SteerStep,
  SweepParams,
  SweepProgress,
  SweepResult,
} from '../../../shared/engineProtocol.ts';
import type { Breath } from '../../analysis/analysedWindow.ts';
import type { OpenSource } from '../../sources/openSource.ts';
import { steerable } from '../../sources/steerable.ts';
import { steerSource } from '../../steering/steerSource.ts';
import { sweepSource } from '../../steering/sweep.ts';

export function steer(
  open: OpenSource,
  params: SteerParams,
  report: (step: SteerStep) => void,
  breath: Breath,
): Promise<SteerResult> {
  return steerSource(steerable(open), params, report, breath);
}

export function sweep(
  open: OpenSource,
  params: SweepParams,
  report: (progress: SweepProgress) => void,
  breath: Breath,
): Promise<SweepResult> {
  return sweepSource(steerable(open), params, report, breath);
}
