// When a crashed engine is started again: at once after the first crash, then later and later, and not at all after
// five crashes within three minutes. Pure bookkeeping; the clock is given.

export const crashLimit = 5;
export const crashWindowMs = 3 * 60_000;
const firstDelayMs = 250;
const longestDelayMs = 8000;

export class RestartPolicy {
  readonly #now: () => number;
  #crashes: number[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  crashed(): void {
    const now = this.#now();
    this.#crashes = this.#crashes.filter((time) => now - time < crashWindowMs);
    this.#crashes.push(now);
  }

  /** It stays given up until `reset`: crashes that grow old are no reason to try again unasked. */
  get hasGivenUp(): boolean {
    return this.#crashes.length >= crashLimit;
  }

  /** Milliseconds to wait before the next start: 0, 250, 500, 1000 … */
  get delayMs(): number {
    const repeats = this.#crashes.length - 1;
    return repeats <= 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (repeats - 1));
  }

  /** Somebody asked for a fresh start. */
  reset(): void {
    this.#crashes = [];
  }
}
