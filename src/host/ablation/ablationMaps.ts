// Where in the texts that are shown the model needs one feature: each text is read with the feature and without it, once per
// version. Results come window by window; an edit ends what is being computed, since it is of a text that is gone. Without
// VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { FeatureRef, Source } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { sameFeature } from '../../shared/featureRef.ts';
import type { TextChange } from '../documents/tokenTable.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { MappedLosses } from './mappedLosses.ts';
import type { MappedLoss } from './mappedLosses.ts';

/** A text as it is now. */
export interface MappedText {
  /** URI of its document. */
  readonly key: string;
  /** Counts edits of the document. */
  readonly version: number;
  readonly text: string;
}

export interface AblationMapPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly source: () => Promise<Source>;
  /** @throws MonosemError for a text that is not to be mapped */
  readonly check: (text: string) => void;
  /** Shows that something is computed. @param isFirst somebody has just asked for it */
  readonly progress: (
    feature: FeatureRef,
    isFirst: boolean,
    work: (signal: AbortSignal) => Promise<void>,
  ) => Promise<void>;
  readonly onFailure: (error: unknown, isFirst: boolean) => void;
}

interface AblationMap {
  readonly feature: FeatureRef;
  readonly version: number;
  readonly abort: AbortController;
  readonly losses: MappedLosses;
  /** Of an earlier version, for what has not been computed yet. */
  earlier: MappedLosses | undefined;
  /** It is known to the end of the text, or as far as it will be. */
  isOver: boolean;
}

export class AblationMaps implements Disposable {
  readonly #ports: AblationMapPorts;
  readonly #changed = new Emitter<string>();
  readonly #maps = new Map<string, AblationMap>();
  #revision = 0;

  constructor(ports: AblationMapPorts) {
    this.#ports = ports;
  }

  /** More is known of a document. */
  readonly onDidChange = this.#changed.event;

  /** Another one where a lookup may find something else, save for edits. */
  get revision(): number {
    return this.#revision;
  }

  /** Without a feature, of the token with an id that begins at an offset of the present text. */
  lossAt(
    key: string,
    feature: FeatureRef,
    { start, id }: { readonly start: number; readonly id: number },
  ): MappedLoss | undefined {
    const map = this.#maps.get(key);
    if (map === undefined || !sameFeature(map.feature, feature)) return undefined;
    return map.losses.at(start, id) ?? map.earlier?.at(start, id);
  }

  /** Nothing is computed twice of one version of a text, also where it failed or somebody cancelled it. */
  async show({ key, version, text }: MappedText, feature: FeatureRef): Promise<void> {
    const known = this.#maps.get(key);
    const isFirst = known === undefined || !sameFeature(known.feature, feature);
    if (!isFirst && known.version === version) return;
    known?.abort.abort();
    const map: AblationMap = {
      ...{ feature, version, abort: new AbortController(), losses: new MappedLosses() },
      ...{ earlier: isFirst ? undefined : known.losses, isOver: false },
    };
    this.#maps.set(key, map);
    if (isFirst) this.#tell(key);
    try {
      this.#ports.check(text);
      await this.#ports.progress(feature, isFirst, (cancel) =>
        this.#compute(key, text, map, cancel),
      );
      map.earlier = undefined;
      if (this.#maps.get(key) === map) this.#tell(key);
    } catch (error) {
      if (!MonosemError.is(error, 'cancelled')) this.#ports.onFailure(error, isFirst);
    } finally {
      map.isOver = true;
    }
  }

  edited(key: string, changes: readonly TextChange[]): void {
    const map = this.#maps.get(key);
    if (map === undefined) return;
    map.abort.abort();
    for (const change of changes) {
      map.losses.edit(change);
      map.earlier?.edit(change);
    }
  }

  /** Something else is shown: what is known is kept, and nothing more is computed. */
  pause(): void {
    for (const [key, { abort, isOver }] of this.#maps) {
      if (isOver) continue;
      abort.abort();
      this.#maps.delete(key);
    }
  }

  /** Other models read the texts. */
  clear(): void {
    const keys = [...this.#maps.keys()];
    for (const { abort } of this.#maps.values()) abort.abort();
    this.#maps.clear();
    for (const key of keys) this.#tell(key);
  }

  /** Of a document that is closed. */
  forget(key: string): void {
    this.#maps.get(key)?.abort.abort();
    this.#maps.delete(key);
  }

  dispose(): void {
    this.clear();
    this.#changed.dispose();
  }

  async #compute(
    key: string,
    text: string,
    { feature, abort, losses }: AblationMap,
    cancel: AbortSignal,
  ): Promise<void> {
    const signal = AbortSignal.any([abort.signal, cancel]);
    const { sae, feature: index } = feature;
    await this.#ports.engine.call(
      'ablationMap',
      { source: await this.#ports.source(), text, sae, feature: index },
      {
        signal,
        onProgress: (batch) => {
          if (signal.aborted) return;
          losses.take(batch);
          this.#tell(key);
        },
      },
    );
  }

  #tell(key: string): void {
    this.#revision++;
    this.#changed.fire(key);
  }
}
