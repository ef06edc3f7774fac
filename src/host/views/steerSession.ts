// One steering session without its panel: the prompt, the features offered for it, and its runs. It turns requests of
// the view into engine calls and their answers into messages for the view. Without VS Code.
import type {
  ActiveFeature,
  FeatureBrief,
  FeatureEdit,
  FeatureRef,
  SaeFacts,
  SaePlace,
  Source,
  SteerParams,
  SteerResult,
} from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { featureKey, sameFeature } from '../../shared/featureRef.ts';
import { t } from '../../shared/l10n.ts';
import type {
  FinishedPair,
  FromSteerView,
  SteerFeature,
  SteerSettings,
  ToSteerView,
} from '../../shared/webviewProtocol.ts';
import type { FeatureBriefs } from '../display/features/featureBriefs.ts';
import type { EngineClient } from '../engine/engineClient.ts';

/** Features offered for a prompt, of each SAE. */
const offeredFeatures = 12;

/** Tokens that both models expected, sent with every step. */
const expectedTokens = 10;

export const defaultSteerSettings: SteerSettings = {
  maxTokens: 60,
  temperature: 0,
  seed: 1,
};

/** What a session starts from, and what is remembered of it. */
export interface SteerStart {
  readonly prompt: string;
  /** Features put on the list from outside, e.g. from a hover. */
  readonly features: readonly FeatureRef[];
  readonly edits: readonly FeatureEdit[];
  readonly settings: SteerSettings;
}

/** What a session is about, and the last run that came to its end. */
export interface SteerSnapshot {
  readonly start: SteerStart;
  readonly lastRun?: { readonly params: SteerParams; readonly result: SteerResult };
}

/** What the engine is asked to do. */
export function steerParams(
  { prompt, edits, settings }: Omit<SteerStart, 'features'>,
  source: Source,
): SteerParams {
  return { source, prompt, edits, ...settings };
}

export interface SteerPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly briefs: FeatureBriefs;
  readonly source: () => Promise<Source>;
  readonly post: (message: ToSteerView) => void;
  readonly canInsert: () => boolean;
  readonly canReplace: () => boolean;
  /** Changes run by themselves. */
  readonly isLive: () => boolean;
}

type RunRequest = Omit<Extract<FromSteerView, { readonly kind: 'run' }>, 'kind'>;

/** The run in progress. */
interface Running {
  readonly run: number;
  readonly abort: AbortController;
}

export class SteerSession {
  readonly #ports: SteerPorts;
  #start: SteerStart;
  #offered: readonly SteerFeature[] = [];
  #lastState: ToSteerView = lookingForFeatures();
  #loading = new AbortController();
  #running: Running | undefined;
  #lastRun: SteerSnapshot['lastRun'];

  constructor(start: SteerStart, ports: SteerPorts) {
    this.#start = start;
    this.#ports = ports;
  }

  /** What to remember to begin again here. */
  get start(): SteerStart {
    return this.#start;
  }

  get snapshot(): SteerSnapshot {
    return { start: this.#start, ...(this.#lastRun && { lastRun: this.#lastRun }) };
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
    this.#start = start;
    await this.#showFeatures(isChosen);
  }

  async addFeature(added: FeatureRef): Promise<void> {
    const { features } = this.#start;
    if (!features.some((ref) => sameFeature(ref, added)))
      this.#start = { ...this.#start, features: [added, ...features] };
    await this.#showFeatures();
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
    if (isNewPrompt) await this.#showFeatures();
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
    const own = steerParams(this.#start, await this.#ports.source());
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
    if (!signal.aborted) this.#lastRun = { params, result };
    return result.samples.map(({ baseline, steered, aligned }) => ({ baseline, steered, aligned }));
  }

  async #showFeatures(isChosen = false): Promise<void> {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    this.#post(lookingForFeatures());
    try {
      await this.#offer(signal, isChosen);
    } catch (error) {
      if (signal.aborted || MonosemError.is(error, 'cancelled')) return;
      this.#post({ kind: 'failed', message: messageOf(error) });
    }
  }

  async #offer(signal: AbortSignal, isChosen: boolean): Promise<void> {
    const { engine, source: currentSource } = this.#ports;
    const { prompt, features, edits, settings } = this.#start;
    const source = await currentSource();
    const [{ model, saes }, active] = await Promise.all([
      engine.call('describe', { source }, { signal }),
      engine.call('activeFeatures', { source, text: prompt, limit: offeredFeatures }, { signal }),
    ]);
    const impossible = features
      .map((ref) => whyImpossible(ref, saes))
      .find((why) => why !== undefined);
    const possible = features.filter((ref) => whyImpossible(ref, saes) === undefined);
    this.#start = { ...this.#start, features: possible };
    const edited = edits.filter((ref) => whyImpossible(ref, saes) === undefined);
    const listed = unique([...possible, ...edited, ...active]);
    await this.#loadBriefs(listed);
    if (signal.aborted) return;
    this.#offered = listed.map((ref) => this.#offeredFeature(ref, edited, active));
    const state: ToSteerView = {
      kind: 'state',
      prompt,
      modelName: model.name,
      saes: saes.map(({ sae, name, site, features: F }) => ({ sae, name, site, features: F })),
      features: this.#offered,
      settings,
      isLive: this.#ports.isLive(),
      hasChatTemplate: model.hasChatTemplate,
      canInsert: this.#ports.canInsert(),
      canReplace: this.#ports.canReplace(),
    };
    // A view that becomes ready again later has made something of the choice since.
    this.#lastState = state;
    this.#ports.post(isChosen ? { ...state, isChosen } : state);
    if (impossible !== undefined) this.#ports.post({ kind: 'failed', message: impossible });
  }

  async #loadBriefs(listed: readonly FeatureRef[]): Promise<void> {
    const bySae = new Map<SaePlace, number[]>();
    for (const { sae, feature } of listed) bySae.set(sae, [...(bySae.get(sae) ?? []), feature]);
    const { briefs } = this.#ports;
    await Promise.all([...bySae].map(([sae, features]) => briefs.load(sae, features)));
  }

  #offeredFeature(
    ref: FeatureRef,
    edits: readonly FeatureEdit[],
    active: readonly ActiveFeature[],
  ): SteerFeature {
    const edit = edits.find((each) => sameFeature(each, ref));
    const here = active.find((each) => sameFeature(each, ref));
    const known = this.#ports.briefs.get(ref.sae, ref.feature);
    return {
      sae: ref.sae,
      brief: known ?? briefWithoutStore(ref, here),
      inStore: known !== undefined,
      promptMax: here?.max ?? 0,
      ...(edit && { edit }),
    };
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

/** Why a feature cannot be edited, in one sentence; `undefined` if it can. */
function whyImpossible(
  { sae, feature }: FeatureRef,
  saes: readonly SaeFacts[],
): string | undefined {
  const facts = saes.find((each) => each.sae === sae);
  if (facts === undefined) {
    return t('{0} is not an active sparse autoencoder: choose it first to edit its features.', sae);
  }
  if (feature < facts.features) return undefined;
  return t(
    'There is no feature {0} in {1}: choose one from 0 to {2}.',
    feature,
    facts.name,
    facts.features - 1,
  );
}

/** Each feature once, without what an edit or an activation says of it. */
function unique(refs: readonly FeatureRef[]): readonly FeatureRef[] {
  const byKey = new Map(
    refs.map(({ sae, feature }) => [featureKey({ sae, feature }), { sae, feature }]),
  );
  return [...byKey.values()];
}

/** An SAE without a feature store: only the prompt tells something about its features. */
function briefWithoutStore({ feature }: FeatureRef, here: ActiveFeature | undefined): FeatureBrief {
  return {
    feature,
    density: 0,
    maxActivation: here?.max ?? 0,
    peakTokens: here === undefined ? [] : [here.peakToken],
  };
}
