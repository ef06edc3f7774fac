// Undo and redo of values that never change themselves. Changes of one thing that follow each other quickly are one step,
// so that a slider's way is undone at once. Pure.

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What was changed last, and when in milliseconds. */
  readonly last?: { readonly what: string; readonly at: number };
}

const mostSteps = 200;
const togetherMilliseconds = 1000;

export function beginHistory<T>(present: T): History<T> {
  return { past: [], present, future: [] };
}

/** @param what equal for changes of the same thing */
export function changed<T>(
  { past, present, last }: History<T>,
  next: T,
  { what, at }: { readonly what: string; readonly at: number },
): History<T> {
  const isSameStep = last?.what === what && at - last.at < togetherMilliseconds;
  return {
    past: isSameStep ? past : [...past, present].slice(-mostSteps),
    present: next,
    future: [],
    last: { what, at },
  };
}

/** The same history where there is nothing to undo. */
export function undone<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  const before = past.at(-1);
  if (before === undefined) return history;
  return { past: past.slice(0, -1), present: before, future: [present, ...future] };
}

/** The same history where there is nothing to redo. */
export function redone<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  const [next, ...later] = future;
  if (next === undefined) return history;
  return { past: [...past, present], present: next, future: later };
}
