// Answers that several surfaces want at once are computed once; the computation is cancelled when nobody waits for it
// any more. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

interface Running {
  readonly answer: Promise<unknown>;
  readonly abort: AbortController;
  waiting: number;
}

export class SharedCalls {
  readonly #running = new Map<string, Running>();

  /**
   * @param key the same for the same question
   * @param signal of this caller alone
   * @throws MonosemError `cancelled` as soon as `signal` is aborted, and what `ask` throws
   */
  async call<T>(
    key: string,
    ask: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    if (signal?.aborted === true) throw cancelled();
    const running = this.#running.get(key) ?? this.#start(key, ask);
    running.waiting++;
    let leave: (() => void) | undefined;
    try {
      const left = new Promise<never>((_, reject) => {
        leave = (): void => {
          reject(cancelled());
        };
        signal?.addEventListener('abort', leave, { once: true });
      });
      // The same key was asked with the same kind of question.
      return (await Promise.race([running.answer, left])) as T;
    } finally {
      if (leave !== undefined) signal?.removeEventListener('abort', leave);
      running.waiting--;
      if (running.waiting === 0) this.#end(key, running);
    }
  }

  #start(key: string, ask: (signal: AbortSignal) => Promise<unknown>): Running {
    const abort = new AbortController();
    const running = { answer: ask(abort.signal), abort, waiting: 0 };
    this.#running.set(key, running);
    return running;
  }

  /** An answer that has come is not affected. */
  #end(key: string, running: Running): void {
    running.abort.abort();
    // Whoever left does not hear how it ends.
    running.answer.catch(() => undefined);
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}

function cancelled(): MonosemError {
  return new MonosemError('cancelled', t('The request was cancelled.'));
}
