// The compute lane: model runs block their thread, so one computation runs at a time and the most urgent waiting one
// goes next; within a priority, first come, first served. A job gives up its place only where it awaits `turn()`.
// The lane knows nothing of models or of the protocol.
import { setImmediate as nextLoop } from 'node:timers/promises';
import { MonosemError } from '../../shared/errors.ts';

/** Most urgent first. `interactive`: someone is looking at the spot and waits; `asked`: someone waits for the whole. */
export const priorities = ['interactive', 'asked', 'document', 'background'] as const;
export type Priority = (typeof priorities)[number];

/** A job's hold on the lane, handed to the job. */
export interface Turn {
  /** Reads incoming messages, lets more urgent jobs run, and rejects with `cancelled` once the job is. */
  turn(): Promise<void>;
  /** From here on the job is less (or more) urgent. */
  setPriority(priority: Priority): void;
}

interface Place {
  priority: Priority;
  readonly order: number;
  readonly signal: AbortSignal;
  holdsLane: boolean;
}

interface Waiting {
  readonly place: Place;
  readonly start: () => void;
}

export function cancelled(): MonosemError {
  return new MonosemError('cancelled', 'The request was cancelled.');
}

export class ComputeLane {
  #isBusy = false;
  #nextOrder = 0;
  readonly #waiting = new Set<Waiting>();

  /** Runs `job` when its turn comes; a job cancelled before that never starts. */
  async run<R>(
    priority: Priority,
    signal: AbortSignal,
    job: (turn: Turn) => Promise<R>,
  ): Promise<R> {
    const place: Place = { priority, order: this.#nextOrder++, signal, holdsLane: false };
    await this.#acquire(place);
    try {
      return await job({
        turn: () => this.#turn(place),
        setPriority: (changed) => {
          place.priority = changed;
        },
      });
    } finally {
      this.#release(place);
    }
  }

  async #turn(place: Place): Promise<void> {
    // Messages, cancellations among them, are read only when the event loop goes round.
    await nextLoop();
    if (place.signal.aborted) throw cancelled();
    const best = this.#best();
    if (best === undefined || rank(best.place) >= rank(place)) return;
    const resumed = this.#wait(place);
    this.#release(place);
    await resumed;
  }

  async #acquire(place: Place): Promise<void> {
    if (place.signal.aborted) throw cancelled();
    if (this.#isBusy) {
      await this.#wait(place);
      return;
    }
    this.#isBusy = true;
    place.holdsLane = true;
  }

  #wait(place: Place): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting);
        reject(cancelled());
      };
      const waiting: Waiting = {
        place,
        start: () => {
          place.signal.removeEventListener('abort', leave);
          place.holdsLane = true;
          resolve();
        },
      };
      place.signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
    });
  }

  #release(place: Place): void {
    if (!place.holdsLane) return;
    place.holdsLane = false;
    const next = this.#best();
    if (next === undefined) {
      this.#isBusy = false;
      return;
    }
    this.#waiting.delete(next);
    next.start();
  }

  #best(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (best === undefined || isBefore(waiting.place, best.place)) best = waiting;
    }
    return best;
  }
}

function rank(place: Place): number {
  return priorities.indexOf(place.priority);
}

function isBefore(a: Place, b: Place): boolean {
  return rank(a) - rank(b) < 0 || (rank(a) === rank(b) && a.order < b.order);
}
