// Runs as tests write them: steps by the ids of their tokens.
import type { SteerStep } from '../../../../src/shared/engineProtocol.ts';
import { tokenId } from '../../../../src/shared/units.ts';
import type { ToSteerView } from '../../../../src/shared/webviewProtocol.ts';
import {
  type RunRequest,
  type RunState,
  askedRun,
  nextRun,
} from '../../../../webview/steer/run/runState.ts';

export const settings = { maxTokens: 3, temperature: 0, seed: 1 } as const;
export const request: RunRequest = { kind: 'run', run: 1, prompt: 'Once', edits: [], settings };

const token = (id: number): NonNullable<SteerStep['baseline']> => ({
  id: tokenId(id),
  text: ` t${String(id)}`,
  logProbability: -1,
});

export function stepOf(
  step: number,
  baseline?: number,
  steered?: number,
  kl = 0.5,
): Omit<SteerStep, 'expected'> {
  return {
    ...{ sample: 0, step, kl },
    ...(baseline !== undefined && { baseline: token(baseline) }),
    ...(steered !== undefined && { steered: token(steered) }),
  };
}

export function after(...messages: readonly ToSteerView[]): RunState {
  return messages.reduce(nextRun, askedRun(request, undefined));
}

/** A run that has come to its end with these steps. */
export function finishedRun(...steps: readonly SteerStep[]): RunState {
  return after(
    { kind: 'started', run: 1 },
    ...steps.map((step) => ({ kind: 'step', run: 1, step }) as const),
    { kind: 'finished', run: 1, samples: [] },
  );
}
