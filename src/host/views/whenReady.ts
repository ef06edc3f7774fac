// Messages that no later snapshot repeats: they wait until a view is ready for them. Without VS Code.

export class WhenReady<Message> {
  readonly #post: (message: Message) => void;
  #waiting: Message[] | undefined = [];

  constructor(post: (message: Message) => void) {
    this.#post = post;
  }

  tell(message: Message): void {
    if (this.#waiting === undefined) this.#post(message);
    else this.#waiting.push(message);
  }

  /** The view has said that it is ready, maybe again. */
  ready(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const message of waiting) this.#post(message);
  }
}
