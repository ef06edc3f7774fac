// When a list is brought up to date: not more often than it can be read, one update after the other, and only while
// somebody can see it. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';

export interface UpdatePorts {
  /** Brings the list up to date. */
  readonly update: (signal: AbortSignal) => Promise<void>;
  /** Can somebody see it? */
  readonly isVisible: () => boolean;
  readonly onFailure: (error: unknown) => void;
}

export class QuietUpdates implements Disposable {
  readonly #ports: UpdatePorts;
  #timer: NodeJS.Timeout | undefined;
  #due = Infinity;
  #running: AbortController | undefined;
  /** Something changed that no update has seen. */
  #isStale = true;

  constructor(ports: UpdatePorts) {
    this.#ports = ports;
  }

  /** Something changed: updates within `ms`, together with what else has changed by then, when no update runs. */
  within(ms: number): void {
    this.#isStale = true;
    const due = performance.now() + ms;
    if (!this.#ports.isVisible() || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      if (this.#running === undefined) void this.#run();
    }, ms);
  }

  /** Something else is to be seen: an update that runs is of no use any more. */
  now(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.within(0);
  }

  /** The list was shown or hidden, or an update is over: others may be due. */
  catchUp(): void {
    if (this.#isStale) this.within(0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#due = -Infinity;
    this.#running?.abort();
  }

  async #run(): Promise<void> {
    if (!this.#ports.isVisible()) return;
    const own = new AbortController();
    this.#running = own;
    this.#isStale = false;
    try {
      await this.#ports.update(own.signal);
    } catch (error) {
      if (!own.signal.aborted) this.#ports.onFailure(error);
    }
    if (own.signal.aborted) return;
    this.#running = undefined;
    this.catchUp();
  }
}
