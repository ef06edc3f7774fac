// Things that are costly to open, such as sessions: each one is opened when it is first asked for and kept for later.
// A failure is not remembered, since its cause may be gone the next time.
import type { Disposable } from '../../shared/disposable.ts';

export class OpenedOnce<Thing> implements Disposable {
  readonly #close: (thing: Thing) => void;
  readonly #opening = new Map<string, Promise<Thing>>();
  readonly #opened = new Map<string, Thing>();

  constructor(close: (thing: Thing) => void) {
    this.#close = close;
  }

  /** What is open by now. */
  get opened(): readonly Thing[] {
    return [...this.#opened.values()];
  }

  /** @throws whatever `open` throws */
  get(key: string, open: () => Promise<Thing>): Promise<Thing> {
    const known = this.#opening.get(key);
    if (known !== undefined) return known;
    const opening = open();
    this.#opening.set(key, opening);
    opening.then(
      (thing) => {
        // Disposed of meanwhile, nobody else would close it.
        if (this.#opening.get(key) === opening) this.#opened.set(key, thing);
        else this.#close(thing);
      },
      () => {
        if (this.#opening.get(key) === opening) this.#opening.delete(key);
      },
    );
    return opening;
  }

  /** Closes everything, also what is still being opened. */
  dispose(): void {
    for (const thing of this.#opened.values()) this.#close(thing);
    this.#opened.clear();
    this.#opening.clear();
  }
}
