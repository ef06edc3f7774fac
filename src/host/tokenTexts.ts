// Texts of tokens of the vocabulary, by their ids, for whoever shows what a model expected: asked of the engine once and
// kept while the same model is looked through. What several surfaces ask for at the same moment is one call. Without VS
// Code.

/** Asked for in one call at most. */
const mostPerCall = 4096;
/** Kept at most; those learnt first go first. */
const mostKept = 65_536;

type Fetch = (ids: Uint32Array) => Promise<readonly string[]>;

export class TokenTexts {
  readonly #fetch: Fetch;
  #known = new Map<number, string>();
  /** On their way, or about to be. */
  #asked = new Map<number, Promise<void>>();
  #next: { readonly ids: number[]; readonly done: Promise<void> } | undefined;
  #generation = 0;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  readonly get = (id: number): string | undefined => this.#known.get(id);

  /**
   * Makes the texts of some tokens known; resolves at once where they are.
   * @throws whatever asking throws; those that failed are asked again when they are wanted again
   */
  async load(ids: Iterable<number>): Promise<void> {
    const waited = new Set<Promise<void>>();
    for (const id of ids) {
      if (!this.#known.has(id)) waited.add(this.#asked.get(id) ?? this.#ask(id));
    }
    await Promise.all(waited);
  }

  /** Another model is looked through. */
  clear(): void {
    this.#generation++;
    this.#known = new Map();
    this.#asked = new Map();
    this.#next = undefined;
  }

  #ask(id: number): Promise<void> {
    const full = this.#next?.ids.length === mostPerCall;
    const next = this.#next === undefined || full ? this.#begin() : this.#next;
    next.ids.push(id);
    this.#asked.set(id, next.done);
    return next.done;
  }

  /** What is asked for until the caller's turn is over goes into one call. */
  #begin(): { readonly ids: number[]; readonly done: Promise<void> } {
    const ids: number[] = [];
    const generation = this.#generation;
    const done = Promise.resolve().then(async () => {
      if (this.#next?.ids === ids) this.#next = undefined;
      await this.#learn(ids, generation);
    });
    this.#next = { ids, done };
    return this.#next;
  }

  async #learn(ids: readonly number[], generation: number): Promise<void> {
    try {
      const texts = await this.#fetch(Uint32Array.from(ids));
      if (generation !== this.#generation) return;
      for (const [n, id] of ids.entries()) this.#known.set(id, texts[n] ?? '');
      for (const oldest of this.#known.keys()) {
        if (this.#known.size <= mostKept) break;
        this.#known.delete(oldest);
      }
    } finally {
      if (generation === this.#generation) for (const id of ids) this.#asked.delete(id);
    }
  }
}
