// The model the settings choose: the source that calls name, and what the engine has said about it (which file, which
// execution provider, why). A model without an SAE is opened all the same, so that what is wrong with it is told before
// anybody looks for an SAE. Without VS Code.
import { basename } from 'node:path';
import { Emitter } from '../shared/emitter.ts';
import type { ModelChoice, Source } from '../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../shared/errors.ts';
import type { Disposable } from '../shared/disposable.ts';
import type { EngineClient } from './engine/engineClient.ts';
import type { Log } from './engine/engineProcess.ts';
import { modelChoice, saeFolder } from './source.ts';
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
  #opening: { readonly key: string; readonly opened: Promise<void> } | undefined;
  #asking: string | undefined;

  constructor(ports: ModelPorts) {
    this.#ports = ports;
  }

  /** `place` has changed. */
  readonly onDidChange = this.#changed.event;

  get choice(): ModelChoice {
    return modelChoice(this.#ports.settings());
  }

  /** What runs where; `undefined` until the engine has said so. */
  get place(): ModelPlace | undefined {
    return this.#known?.key === keyOf(this.choice) ? this.#known.place : undefined;
  }

  /** Folder of the SAE, if there is one. */
  async sae(): Promise<string | undefined> {
    return saeFolder(this.#ports.settings());
  }

  /** @throws MonosemError `noSae` when the model is fine and no SAE is chosen, or the reason why it cannot be opened */
  async source(): Promise<Source> {
    const settings = this.#ports.settings();
    const choice = modelChoice(settings);
    const sae = await saeFolder(settings);
    if (sae !== undefined) return { ...choice, sae };
    await this.#openAlone(choice);
    throw new MonosemError(
      'noSae',
      `No sparse autoencoder is chosen for ${this.#known?.place.name ?? basename(choice.model)}: choose its folder to see features.`,
    );
  }

  /** Asks the engine, which has the model open by now, about it; does nothing when that is known already. */
  async learn(): Promise<void> {
    const key = keyOf(this.choice);
    if (this.place !== undefined || this.#asking === key) return;
    this.#asking = key;
    try {
      const source = await this.source();
      const { model } = await this.#ports.engine.call('describe', { source });
      const { name, variant, provider, providerReason } = model;
      this.#remember(key, { name, variant, provider, reason: providerReason });
    } catch (error) {
      this.#ports.log.warn(`What runs where is not known: ${messageOf(error)}`);
    } finally {
      this.#asking = undefined;
    }
  }

  /** Another engine runs: it may have opened the model elsewhere, or not at all. */
  forget(): void {
    this.#known = undefined;
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
        failure ?? `${choice.model} could not be opened; open another model folder.`,
      );
    }
    const { name, variant, execution } = model;
    this.#remember(key, { name, variant, provider: execution.provider, reason: execution.reason });
  }

  #remember(key: string, place: ModelPlace): void {
    this.#known = { key, place };
    this.#changed.fire(undefined);
  }
}

function keyOf(choice: ModelChoice): string {
  const { model, variant, provider, deviceId } = choice;
  return JSON.stringify([model, variant, provider, deviceId]);
}
