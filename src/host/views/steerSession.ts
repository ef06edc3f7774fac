// One steering session without its panel: the prompt, the features offered for it, and its runs. It turns requests of
// the view into engine calls and their answers into messages for the view. Without VS Code.
import type { DirectionOrigin, FeatureRef, NamedDirection } from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { sameFeature } from '../../shared/featureRef.ts';
import { t } from '../../shared/l10n.ts';
import { directionsOf } from '../../shared/namedEdits.ts';
import type {
  FinishedPair,
  FromSteerView,
  SteerViewState,
  ToSteerView,
} from '../../shared/webviewProtocol.ts';
import { offeredDirection } from './offeredDirections.ts';
import type { SteerPorts } from './steerPorts.ts';
import { offer } from './steerOffer.ts';
import {
  steerParams,
  type FinishedRun,
  type SteerSnapshot,
  type SteerStart,
} from './steerStart.ts';

/** Tokens that both models expected, sent with every step. */
const expectedTokens = 10;

type RunRequest = Omit<Extract<FromSteerView, { readonly kind: 'run' }>, 'kind'>;

/** The run in progress. */
interface Running {
  readonly run: number;
  readonly abort: AbortController;
}

export class SteerSession {
  readonly #ports: SteerPorts;
  #start: Omit<SteerStart, 'directions'>;
  #lastState: ToSteerView = lookingForFeatures();
  #loading = new AbortController();
  /** Settles when the last state that was begun is there. */
  #shown: Promise<void> = Promise.resolve();
  #running: Running | undefined;
  #lastRun: FinishedRun | undefined;

  constructor(start: SteerStart, ports: SteerPorts) {
    this.#ports = ports;
    this.#start = this.#takeDirections(start);
  }

  /** What to remember to begin again here. */
  get start(): SteerStart {
    return { ...this.#start, directions: this.#ports.directions.named };
  }

  get snapshot(): SteerSnapshot {
    return { start: this.start, ...(this.#lastRun && { lastRun: this.#lastRun }) };
  }

  /** The view is ready, maybe again: gives it the newest snapshot. */
  resend(): void {
    this.#ports.post(this.#lastState);
  }

  /**
   * Begins with another prompt.
   * @param isChosen edits and settings take the place of what the view has, also where the prompt is the same
   */
  async open(start: SteerStart, isChosen = false): Promise<void> {
    this.stop();
    this.#start = this.#takeDirections(start);
    await this.#show(isChosen);
  }

  async addFeature(added: FeatureRef): Promise<void> {
    const { features } = this.#start;
    if (!features.some((ref) => sameFeature(ref, added)))
      this.#start = { ...this.#start, features: [added, ...features] };
    await this.#show();
  }

  /**
   * Makes a direction and tells the view, or why there is none.
   * @param site the suggested one when absent
   * @returns `undefined` where it could not be made
   */
  async makeDirection(origin: DirectionOrigin, site?: string): Promise<NamedDirection | undefined> {
    const { directions, tell } = this.#ports;
    try {
      const made = await directions.make(
        site ?? (await this.#state()).streamSites.suggested,
        origin,
      );
      await this.#listDirections();
      tell({ kind: 'directionMade', name: made.name });
      return made;
    } catch (error) {
      tell({ kind: 'directionFailed', message: messageOf(error) });
      return undefined;
    }
  }

  /** Runs both continuations, steps streaming to the view; a run in progress is stopped. */
  async run({ run, continuing, ...request }: RunRequest): Promise<void> {
    const isNewPrompt = request.prompt !== this.#start.prompt;
    this.stop();
    const running = { run, abort: new AbortController() };
    const { signal } = running.abort;
    this.#running = running;
    this.#start = { ...this.#start, ...request };
    this.#ports.post({ kind: 'started', run });
    try {
      const samples = await this.#steer({ run, signal, ...(continuing && { continuing }) });
      if (!signal.aborted) this.#ports.post({ kind: 'finished', run, samples });
    } catch (error) {
      if (!signal.aborted) this.#ports.post({ kind: 'failed', run, message: messageOf(error) });
    }
    if (this.#running !== running) return;
    this.#running = undefined;
    // After the run, so that it need not wait: other features may be active in another text.
    if (isNewPrompt) await this.#show();
  }

  stop(): void {
    if (this.#running === undefined) return;
    const { run, abort } = this.#running;
    abort.abort();
    this.#running = undefined;
    this.#ports.post({ kind: 'stopped', run });
  }

  dispose(): void {
    this.#loading.abort();
    this.#running?.abort.abort();
    this.#running = undefined;
  }

  async #steer(
    asked: Pick<RunRequest, 'run' | 'continuing'> & { readonly signal: AbortSignal },
  ): Promise<readonly FinishedPair[]> {
    const { run, signal, continuing } = asked;
    const start = this.#start;
    const { directions, source: currentSource } = this.#ports;
    const source = await currentSource();
    const edits = await directions.resolve(start.edits, source);
    const used = directionsOf(start.edits, directions.named);
    const own = steerParams({ ...start, edits }, source);
    const params = { ...own, ...(continuing && { continuing }) };
    const sent = new Map<number, number>();
    const result = await this.#ports.engine.call(
      'steer',
      { ...params, top: expectedTokens },
      {
        signal,
        // A run that is asked again after a crash gives the same steps again: the seed is the same.
        onProgress: (step) => {
          if (signal.aborted || step.step <= (sent.get(step.sample) ?? -1)) return;
          sent.set(step.sample, step.step);
          this.#ports.post({ kind: 'step', run, step });
        },
      },
    );
    if (!signal.aborted) this.#lastRun = { params, result, directions: used };
    return result.samples.map(({ baseline, steered, aligned }) => ({ baseline, steered, aligned }));
  }

  /** @param isChosen see `open` */
  async #show(isChosen = false): Promise<void> {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    this.#post(lookingForFeatures());
    this.#shown = this.#offerOrTell(signal, isChosen);
    await this.#shown;
  }

  async #offerOrTell(signal: AbortSignal, isChosen: boolean): Promise<void> {
    try {
      const { state, features, impossible } = await offer(this.#start, this.#ports, signal);
      if (signal.aborted) return;
      this.#start = { ...this.#start, features };
      // A view that becomes ready again later has made something of the choice since.
      this.#lastState = state;
      this.#ports.post(isChosen ? { ...state, isChosen } : state);
      for (const message of impossible) this.#ports.post({ kind: 'failed', message });
    } catch (error) {
      if (signal.aborted || MonosemError.is(error, 'cancelled')) return;
      this.#post({ kind: 'failed', message: messageOf(error) });
    }
  }

  /** What the view shows, or is about to. @throws MonosemError where that failed */
  async #state(): Promise<SteerViewState> {
    // Another one may be begun meanwhile.
    let awaited;
    do {
      awaited = this.#shown;
      await awaited;
    } while (awaited !== this.#shown);
    const state = this.#lastState;
    if (state.kind === 'state') return state;
    throw new MonosemError('cancelled', state.kind === 'failed' ? state.message : '');
  }

  /** The same state with the directions as they are now. */
  async #listDirections(): Promise<void> {
    const state = await this.#state();
    const { had } = await this.#ports.directions.workOut();
    const directions = had.map((each) => offeredDirection(each, this.#start.edits));
    this.#post({ ...state, directions });
  }

  #takeDirections({ directions, ...start }: SteerStart): Omit<SteerStart, 'directions'> {
    this.#ports.directions.replace(directions);
    return start;
  }

  /** Snapshots are kept for a view that becomes ready later. */
  #post(message: ToSteerView): void {
    this.#lastState = message;
    this.#ports.post(message);
  }
}

function lookingForFeatures(): ToSteerView {
  return { kind: 'loading', message: t('Looking for the features of the text…') };
}
