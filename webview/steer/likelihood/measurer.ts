// Asks the host how likely the given continuation is, and keeps what it answers. Where changes run by themselves, so do
// measurements while they are in sight. Without DOM.
import type {
  FromSteerView,
  LikelihoodRequest,
  SteerRequest,
  ToSteerView,
} from '../../../src/shared/webviewProtocol.ts';
import { delayed, pauseMilliseconds } from '../run/delayed.ts';
import {
  type Measurement,
  askedMeasurement,
  likelihoodKey,
  nextMeasurement,
  restoreMeasurement,
} from './measurement.ts';

/** What is kept over a reload. */
export interface KeptLikelihood {
  readonly isOpen: boolean;
  /** As it was written. */
  readonly continuation: string;
  readonly shown?: Measurement;
}

export interface MeasurerOptions {
  /** What there is to run now; `undefined` where something stands in the way. */
  readonly request: () => SteerRequest | undefined;
  readonly isLive: () => boolean;
  readonly post: (message: FromSteerView) => void;
  /** A measurement has begun by itself. */
  readonly onChange: () => void;
  readonly restored: KeptLikelihood | undefined;
}

export class Measurer {
  readonly #options: MeasurerOptions;
  readonly #live = delayed(() => this.#measureChanged(), pauseMilliseconds);
  /** Never one of an earlier page. */
  #lastNumber = Date.now();
  #kept: KeptLikelihood;

  constructor(options: MeasurerOptions) {
    this.#options = options;
    this.#kept = options.restored ?? { isOpen: false, continuation: '' };
  }

  get kept(): KeptLikelihood {
    return this.#kept;
  }

  /** There is something to measure. */
  get canStart(): boolean {
    return this.#request !== undefined;
  }

  /** What is shown was measured under other edits, or of another text. */
  get isOutdated(): boolean {
    const found = this.#kept.shown?.found;
    const request = this.#request;
    return found !== undefined && request !== undefined && found.request !== likelihoodKey(request);
  }

  /** What nobody sees is not measured; what has changed meanwhile is measured when it comes into sight. */
  setOpen(isOpen: boolean): void {
    this.#kept = { ...this.#kept, isOpen };
    if (isOpen) this.changed();
    else this.stop();
  }

  /** @param continuation of a text that is still being written */
  write(continuation: string): void {
    this.#kept = { ...this.#kept, continuation };
  }

  start(): void {
    this.#live.cancel();
    const request = this.#request;
    if (request === undefined) return;
    this.#lastNumber += 1;
    const measurement = this.#lastNumber;
    const shown = askedMeasurement(measurement, request, this.#kept.shown);
    this.#kept = { ...this.#kept, shown };
    this.#options.post({ kind: 'measureLikelihood', measurement, ...request });
  }

  stop(): void {
    this.#live.cancel();
    if (this.#kept.shown?.phase === 'running') this.#options.post({ kind: 'stopLikelihood' });
  }

  /** Edits, settings or the whole continuation are others now. */
  changed(): void {
    if (this.#options.isLive()) this.#live.soon();
  }

  receive(message: ToSteerView): void {
    const { shown } = this.#kept;
    if (shown !== undefined) this.#kept = { ...this.#kept, shown: nextMeasurement(shown, message) };
  }

  /** Another prompt was chosen: what was measured belongs to the one before. */
  forget(): void {
    this.stop();
    const { isOpen, continuation } = this.#kept;
    this.#kept = { isOpen, continuation };
  }

  get #request(): LikelihoodRequest | undefined {
    const { continuation } = this.#kept;
    const request = this.#options.request();
    if (request === undefined || continuation === '') return undefined;
    const { prompt, edits, settings } = request;
    return { prompt, continuation, edits, ...(settings.chat === true && { chat: true }) };
  }

  #measureChanged(): void {
    const request = this.#request;
    const { isOpen, shown } = this.#kept;
    if (request === undefined || !isOpen || !this.#options.isLive()) return;
    // Before the first measurement only an edit is something to see.
    const isWorthwhile =
      shown === undefined ? request.edits.length > 0 : shown.request !== likelihoodKey(request);
    if (!isWorthwhile) return;
    this.start();
    this.#options.onChange();
  }
}

/** What was stored earlier, perhaps by another version. */
export function restoreLikelihood(stored: unknown): KeptLikelihood | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { isOpen, continuation, shown } = stored as Partial<KeptLikelihood>;
  if (typeof isOpen !== 'boolean' || typeof continuation !== 'string') return undefined;
  const restored = restoreMeasurement(shown);
  return { isOpen, continuation, ...(restored && { shown: restored }) };
}
