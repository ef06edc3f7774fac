// What is remembered of the steering panel over a reload of the window. Without VS Code.
import { withScope } from '../../shared/editScope.ts';
import type { Memory } from '../memory.ts';
import { readDirections } from '../views/steerDirections.ts';
import { readEdits, readScope } from '../views/steerEdits.ts';
import { readSteerSettings } from '../views/steerSettings.ts';
import { defaultSteerSettings, type SteerStart } from '../views/steerStart.ts';
import { fieldsOf, readFeatureRef } from '../views/viewMessages.ts';

/** Where the session is remembered. */
const startKey = 'monosem.steerSession';
/** Where its prompt came from. */
const originKey = 'monosem.steerOrigin';
/** Whether changes run by themselves. */
const liveKey = 'monosem.steerLive';

export class SteerMemory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** What an earlier window stored, perhaps written by another version; `undefined` where there is nothing to steer. */
  get start(): SteerStart | undefined {
    return readStart(this.#memory.get(startKey));
  }

  /** As `restoreOrigin` takes it. */
  get origin(): unknown {
    return this.#memory.get(originKey);
  }

  get isLive(): boolean {
    return this.#memory.get(liveKey) !== false;
  }

  async keep(start: SteerStart | undefined, origin: object | undefined): Promise<void> {
    await this.#memory.update(startKey, start);
    await this.#memory.update(originKey, origin);
  }

  async setLive(isLive: boolean): Promise<void> {
    await this.#memory.update(liveKey, isLive);
  }
}

function readStart(stored: unknown): SteerStart | undefined {
  const { prompt, features, directions, edits, settings } = fieldsOf(stored) ?? {};
  // Until positions belonged to edits there was one scope for all of them.
  const scope = readScope(fieldsOf(settings)?.['scope']);
  const known = readEdits(edits) ?? [];
  const readable = {
    edits: scope === undefined ? known : withScope(known, scope),
    directions: readDirections(directions) ?? [],
    settings: readSteerSettings(settings) ?? defaultSteerSettings,
    features: (Array.isArray(features) ? features : [])
      .map(readFeatureRef)
      .filter((ref) => ref !== undefined),
  };
  return typeof prompt === 'string' && prompt.trim() !== '' ? { prompt, ...readable } : undefined;
}
