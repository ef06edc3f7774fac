// Which tokens a text holds so far, and how often each was generated: what penalties are computed from. Kept up to date
// token by token, so that a step costs no more than the distinct tokens of the text.

export class TokenHistory {
  /** Where an id stands in `ids` and `counts`. */
  readonly #places = new Map<number, number>();
  readonly #ids: number[] = [];
  readonly #counts: number[] = [];

  /** @param prompt [T] ids of the prompt, BOS included */
  constructor(prompt: Iterable<number>) {
    for (const id of prompt) this.#placeOf(id);
  }

  /** [N] every id of prompt and generated text once. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** [N] how often each of `ids` was generated; 0 for one that only the prompt has. */
  get counts(): readonly number[] {
    return this.#counts;
  }

  /** Adds a generated token. */
  add(id: number): void {
    this.#counts[this.#placeOf(id)] += 1;
  }

  #placeOf(id: number): number {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const place = this.#ids.length;
    this.#places.set(id, place);
    this.#ids.push(id);
    this.#counts.push(0);
    return place;
  }
}
