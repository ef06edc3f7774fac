// Work of a view of which only the newest counts: beginning anew ends what is in progress, which then says nothing more.
// Without VS Code.
import { messageOf } from '../../shared/errors.ts';

export interface Work<Result> {
  readonly perform: (signal: AbortSignal) => Promise<Result>;
  readonly onResult: (result: Result) => void;
  /** @param message why, in one sentence */
  readonly onFailure: (message: string) => void;
  /** It was stopped, or other work took its place. */
  readonly onStopped: () => void;
}

interface CurrentWork {
  readonly abort: AbortController;
  readonly onStopped: () => void;
}

export class NewestWork {
  #current: CurrentWork | undefined;

  /** Ends when the work does, whatever came of it. */
  async begin<Result>(work: Work<Result>): Promise<void> {
    this.stop();
    const current: CurrentWork = { abort: new AbortController(), onStopped: work.onStopped };
    const { signal } = current.abort;
    this.#current = current;
    try {
      const result = await work.perform(signal);
      if (!signal.aborted) work.onResult(result);
    } catch (error) {
      if (!signal.aborted) work.onFailure(messageOf(error));
    }
    if (this.#current === current) this.#current = undefined;
  }

  stop(): void {
    const stopped = this.#current;
    this.dispose();
    stopped?.onStopped();
  }

  /** Nobody listens any more. */
  dispose(): void {
    this.#current?.abort.abort();
    this.#current = undefined;
  }
}
