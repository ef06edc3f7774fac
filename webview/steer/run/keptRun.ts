// A run as it is kept over a reload: whole, but for the lists of expected tokens beyond a number of steps. They make up
// nearly all of its size, and what is kept is written down with every change. Pure.
import type { RunState } from './runState.ts';

/** About 300 KB. */
const mostLists = 250;

export function keptRun(run: RunState, most = mostLists): RunState {
  let lists = 0;
  const samples = run.samples.map((sample) => ({
    ...sample,
    steps: sample.steps.map(({ expected, ...step }) => {
      if (expected === undefined) return step;
      lists += 1;
      return lists <= most ? { ...step, expected } : step;
    }),
  }));
  return lists <= most ? run : { ...run, samples };
}
