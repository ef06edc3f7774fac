// Asks the host for runs and keeps the one that is shown. Where changes run by themselves, it waits until the user pauses
// and then asks anew; the host stops the run before. Without DOM.
import type {
  FromSteerView,
  SteerRequest,
  ToSteerView,
} from '../../../src/shared/webviewProtocol.ts';
import { delayed, pauseMilliseconds } from './delayed.ts';
import { keptRun } from './keptRun.ts';
import {
  type RunRequest,
  type RunState,
  askedRun,
  isGoing,
  isOutdated,
  nextRun,
  toContinue,
} from './runState.ts';

export interface RunnerOptions {
  /** What there is to run now; `undefined` where something stands in the way. */
  readonly request: () => SteerRequest | undefined;
  readonly isLive: () => boolean;
  readonly post: (message: FromSteerView) => void;
  readonly onChange: () => void;
  readonly restored: RunState | undefined;
}

export class Runner {
  readonly #options: RunnerOptions;
  readonly #live = delayed(() => this.#runChanged(), pauseMilliseconds);
  /** Never one of an earlier page: the host may still be sending its steps. */
  #lastNumber = Date.now();
  #shown: RunState | undefined;
  #ended: RunState | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#shown = options.restored;
    this.#ended = options.restored;
  }

  get shown(): RunState | undefined {
    return this.#shown;
  }

  /** The last run that came to an end: what is kept over a reload. */
  get ended(): RunState | undefined {
    return this.#ended;
  }

  get canContinue(): boolean {
    const request = this.#options.request();
    return request !== undefined && toContinue(this.#shown, request) !== undefined;
  }

  start(): void {
    const request = this.#options.request();
    if (request !== undefined) this.#ask(request);
  }

  /** Goes on behind both texts. */
  continue(): void {
    const request = this.#options.request();
    if (request === undefined) return;
    const continuing = toContinue(this.#shown, request);
    if (continuing !== undefined) this.#ask(request, continuing);
  }

  stop(): void {
    this.#live.cancel();
    if (isGoing(this.#shown)) this.#options.post({ kind: 'stop' });
  }

  /** Edits or settings are others now. */
  changed(): void {
    if (this.#options.isLive()) this.#live.soon();
  }

  receive(message: ToSteerView): void {
    if (this.#shown === undefined) return;
    const before = this.#shown;
    this.#shown = nextRun(before, message);
    if (!isGoing(this.#shown) && this.#shown !== before) this.#ended = keptRun(this.#shown);
  }

  /** Another text was chosen: what was run belongs to the one before. */
  forget(): void {
    this.#live.cancel();
    this.#shown = undefined;
    this.#ended = undefined;
  }

  #runChanged(): void {
    const request = this.#options.request();
    if (request === undefined || !this.#options.isLive()) return;
    // Before the first run only an edit is something to see.
    const isWorthwhile =
      this.#shown === undefined ? request.edits.length > 0 : isOutdated(this.#shown, request);
    if (isWorthwhile) this.#ask(request);
  }

  #ask(request: SteerRequest, continuing?: RunRequest['continuing']): void {
    this.#live.cancel();
    this.#lastNumber += 1;
    const message: RunRequest = {
      ...{ kind: 'run', run: this.#lastNumber, ...request },
      ...(continuing && { continuing }),
    };
    this.#shown = askedRun(message, this.#shown);
    this.#options.post(message);
    this.#options.onChange();
  }
}
