// The sessions of graphs with edits. Each one holds the model's weights once more: beside those for plain edits of
// features, only the last one for anything else stays open.
import type { Disposable } from '../../shared/disposable.ts';
import type { Program } from '../model/program.ts';
import { layoutKey, plainLayout, type EditLayout } from '../steering/layout.ts';
import { LastPrefix } from '../steering/prefix.ts';

/** A session with what it has read last. */
export interface EditProgram {
  readonly program: Program;
  readonly prefix: LastPrefix;
}

interface Kept {
  readonly isPlain: boolean;
  readonly opening: Promise<EditProgram>;
  users: number;
}

const plainKey = layoutKey(plainLayout);

export class EditPrograms implements Disposable {
  readonly #open: (layout: EditLayout) => Promise<Program>;
  /** By layout, in the order of their last use. */
  readonly #kept = new Map<string, Kept>();
  readonly #opened = new Set<EditProgram>();

  /** @param open a session for a layout */
  constructor(open: (layout: EditLayout) => Promise<Program>) {
    this.#open = open;
  }

  /** Sessions that are open. */
  get count(): number {
    return this.#opened.size;
  }

  /** Bytes of what they have read last. */
  get cacheBytes(): number {
    return [...this.#opened].reduce((sum, { prefix }) => sum + prefix.byteLength, 0);
  }

  /** @throws whatever opening it or `job` throws */
  async use<R>(layout: EditLayout, job: (program: EditProgram) => Promise<R>): Promise<R> {
    const key = layoutKey(layout);
    const kept = this.#kept.get(key) ?? this.#new(layout, key === plainKey);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    kept.users += 1;
    try {
      const program = await kept.opening.catch((error: unknown) => {
        // Its cause may be gone the next time.
        if (this.#kept.get(key) === kept) this.#kept.delete(key);
        throw error;
      });
      return await job(program);
    } finally {
      kept.users -= 1;
      this.#closeOthers();
    }
  }

  dispose(): void {
    for (const kept of this.#kept.values()) this.#close(kept);
    this.#kept.clear();
  }

  #new(layout: EditLayout, isPlain: boolean): Kept {
    const opening = this.#open(layout).then((program) => {
      const opened = { program, prefix: new LastPrefix() };
      this.#opened.add(opened);
      return opened;
    });
    return { isPlain, opening, users: 0 };
  }

  /** A session in use stays, and so does the one used last. */
  #closeOthers(): void {
    const special = [...this.#kept].filter(([, { isPlain }]) => !isPlain);
    for (const [key, kept] of special.slice(0, -1)) {
      if (kept.users > 0) continue;
      this.#kept.delete(key);
      this.#close(kept);
    }
  }

  #close({ opening }: Kept): void {
    opening.then(
      (opened) => {
        opened.program.dispose();
        this.#opened.delete(opened);
      },
      () => undefined,
    );
  }
}
