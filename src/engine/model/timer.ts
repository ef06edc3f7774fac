// How long the steps of opening a model take. Whoever does a step names it; whoever wants to know hands in a timer.
import type { Timing } from '../../shared/diagnostics.ts';

/** Runs a step and passes its result on. */
export type Timer = <R>(step: string, work: () => R | Promise<R>) => Promise<R>;

export const untimed: Timer = async (_step, work) => work();

/** @param timings receives an entry per step that ended well */
export function timerInto(timings: Timing[]): Timer {
  return async (step, work) => {
    const start = performance.now();
    const result = await work();
    timings.push({ step, milliseconds: performance.now() - start });
    return result;
  };
}
