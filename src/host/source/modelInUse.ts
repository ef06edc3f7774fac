// The model the settings choose: the source that calls name, and what the engine has said about it (which file, which
// execution provider, why) and about the SAEs that read it. A model without an SAE is opened all the same, so that what is wrong with it is told before
// anybody looks for an SAE. Without VS Code.
import { basename } from 'node:path';
import { Emitter } from '../../shared/emitter.ts';
import type {
  ModelChoice,
  ModelFacts,
  SaeFacts,
  SaePlace,
  Source,
} from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type { NamedSae } from '../../shared/featureRef.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Log } from '../engine/engineProcess.ts';
import { modelChoice, saePlaces } from './source.ts';
import type { SourceSettings } from './source.ts';

/** What runs where. */
export interface ModelPlace {
  readonly name: string;
  /** The .onnx in use, relative to the folder. */
  readonly variant: string;
  readonly provider: string;
  /** Why it runs there, as a sentence. */
  readonly reason: string;
}

export interface ModelPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly settings: () => SourceSettings;
  readonly log: Pick<Log, 'warn'>;
}

export class ModelInUse implements Disposable {
  readonly #ports: ModelPorts;
  readonly #changed = new Emitter<undefined>();
  /** By choice: what was said about another one, or by an engine that has ended, does not count. */
  #known: { readonly key: string; readonly place: ModelPlace } | undefined;
  /** Active SAEs and what is known of them, by choice of model and SAEs. */
  #active: { readonly key: string; readonly saes: readonly SaePlace[] } | undefined;
  #learnt:
    | { readonly key: string; readonly facts: readonly SaeFacts[]; readonly model: ModelFacts }
    | undefined;
  #opening: { readonly key: string; readonly opened: Promise<void> } | undefined;
  #asking: string | undefined;

  constructor(ports: ModelPorts) {
    this.#ports = ports;
  }

  /** `place` or what is known of the SAEs has changed. */
  readonly onDidChange = this.#changed.event;

  get choice(): ModelChoice {
    return modelChoice(this.#ports.settings());
  }

  /** What runs where; `undefined` until the engine has said so. */
  get place(): ModelPlace | undefined {
    return this.#known?.key === keyOf(this.choice) ? this.#known.place : undefined;
  }

  /** The active SAEs, as the last source named them; none before the first one after a change of settings. */
  get saes(): readonly SaePlace[] {
    return this.#active?.key === this.#sourceKey() ? this.#active.saes : [];
  }

  /** What the engine has said about the model that reads with the active SAEs. */
  get facts(): ModelFacts | undefined {
    return this.#learnt?.key === this.#sourceKey() ? this.#learnt.model : undefined;
  }

  /** Id of the token that marks the beginning of a text, where the model has one and the engine has said so. */
  get bosId(): number | undefined {
    return this.facts?.bosId;
  }

  /** What the engine has said about an active SAE. */
  factsOf(sae: SaePlace): SaeFacts | undefined {
    if (this.#learnt?.key !== this.#sourceKey()) return undefined;
    return this.#learnt.facts.find((facts) => facts.sae === sae);
  }

  /** The active SAEs by name and site; by their folder while the engine has said nothing about them. */
  get namedSaes(): readonly NamedSae[] {
    return this.saes.map((sae) => {
      const { name, site } = this.factsOf(sae) ?? { name: basename(sae), site: basename(sae) };
      return { sae, name, site };
    });
  }

  /** The SAEs that are to be active; none where there is none to take. */
  async findSaes(): Promise<readonly SaePlace[]> {
    return saePlaces(this.#ports.settings());
  }

  /** @throws MonosemError `noSae` when the model is fine and no SAE is chosen, or the reason why it cannot be opened */
  async source(): Promise<Source> {
    const settings = this.#ports.settings();
    const choice = modelChoice(settings);
    const saes = await saePlaces(settings);
    if (saes.length > 0) {
      const key = sourceKey(settings);
      if (this.#active?.key !== key) this.#active = { key, saes };
      return { ...choice, saes };
    }
    await this.#openAlone(choice);
    throw new MonosemError(
      'noSae',
      t(
        'No sparse autoencoder is chosen for {0}: choose one that was trained on it to see features.',
        this.#known?.place.name ?? basename(choice.model),
      ),
    );
  }

  /** Asks the engine, which has the model open by now, about it; does nothing when that is known already. */
  async learn(): Promise<void> {
    const key = this.#sourceKey();
    if (this.#learnt?.key === key || this.#asking === key) return;
    this.#asking = key;
    try {
      const source = await this.source();
      const { model, saes } = await this.#ports.engine.call('describe', { source });
      const { name, variant, provider, providerReason } = model;
      this.#learnt = { key, facts: saes, model };
      this.#remember(keyOf(source), { name, variant, provider, reason: providerReason });
    } catch (error) {
      this.#ports.log.warn(`What runs where is not known: ${messageOf(error)}`);
    } finally {
      this.#asking = undefined;
    }
  }

  /** Another engine runs: it may have opened the model elsewhere, or not at all. */
  forget(): void {
    this.#known = undefined;
    this.#learnt = undefined;
    this.#opening = undefined;
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Once per choice; tried again after a failure. */
  async #openAlone(choice: ModelChoice): Promise<void> {
    const key = keyOf(choice);
    const opening =
      this.#opening?.key === key ? this.#opening : { key, opened: this.#open(choice, key) };
    this.#opening = opening;
    try {
      await opening.opened;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  async #open(choice: ModelChoice, key: string): Promise<void> {
    const { model, failure } = await this.#ports.engine.call('diagnose', { model: choice });
    if (model === undefined) {
      throw new MonosemError(
        'unsupportedModel',
        failure ?? t('{0} could not be opened; open another model folder.', choice.model),
      );
    }
    const { name, variant, execution } = model;
    this.#remember(key, { name, variant, provider: execution.provider, reason: execution.reason });
  }

  #sourceKey(): string {
    return sourceKey(this.#ports.settings());
  }

  #remember(key: string, place: ModelPlace): void {
    this.#known = { key, place };
    this.#changed.fire(undefined);
  }
}

function sourceKey(settings: SourceSettings): string {
  return JSON.stringify([keyOf(modelChoice(settings)), settings.saes, settings.neurons]);
}

function keyOf(choice: ModelChoice): string {
  const { model, variant, provider, deviceId } = choice;
  return JSON.stringify([model, variant, provider, deviceId]);
}
