// A minimal event, so that code which must run without VS Code can still be listened to. Listeners are called in the
// order they were added; a listener that throws does not keep the others from being called.
import type { Disposable } from './disposable.ts';

export type Listener<T> = (value: T) => void;

export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<Listener<T>>();

  /** Subscribes; the result unsubscribes. */
  readonly event = (listener: Listener<T>): Disposable => {
    const own: Listener<T> = (value) => {
      listener(value);
    };
    this.#listeners.add(own);
    return {
      dispose: (): void => {
        this.#listeners.delete(own);
      },
    };
  };

  fire(value: T): void {
    const failures: unknown[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
