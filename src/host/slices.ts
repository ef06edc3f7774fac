// Work that would keep the extension host busy for too long, done in slices: between two of them others get their turn.
// Without VS Code.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest slice, in milliseconds: well below a frame, since others need their part of it. */
const sliceMs = 4;

/** @param work yields where it may be interrupted */
export async function inSlices<T>(
  work: Generator<undefined, T>,
  signal?: AbortSignal,
  pause: () => Promise<unknown> = nextTurn,
): Promise<T> {
  let end = performance.now() + sliceMs;
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() < end) continue;
    await pause();
    signal?.throwIfAborted();
    end = performance.now() + sliceMs;
  }
}
