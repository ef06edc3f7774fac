// Features that somebody keeps: the pinned ones, each with a colour of its own, and those looked at lately. Remembered
// over a reload of the window. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { sameFeature } from '../../shared/featureRef.ts';
import { freeSlot } from '../../shared/palette.ts';
import type { Memory } from '../memory.ts';
import { fieldsOf, readFeatureRef } from '../views/viewMessages.ts';

const pinnedKey = 'monosem.pinnedFeatures';
const recentKey = 'monosem.recentFeatures';

/** More are hard to tell apart by colour, and to keep in mind. */
export const mostPinned = 32;
const mostRecent = 20;
const mostSlots = 1024;

export interface PinnedFeature extends FeatureRef {
  /** Which colour of the palette it has, counted round when the palette is smaller. */
  readonly slot: number;
}

export class FeatureCollection implements Disposable {
  readonly #memory: Memory;
  readonly #changed = new Emitter<undefined>();
  #pinned: readonly PinnedFeature[];
  #recent: readonly FeatureRef[];

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#pinned = readList(memory.get(pinnedKey), readPinned).slice(0, mostPinned);
    this.#recent = readList(memory.get(recentKey), readFeatureRef).slice(0, mostRecent);
  }

  /** Something was pinned, unpinned or looked at. */
  readonly onDidChange = this.#changed.event;

  /** In the order in which they were pinned. */
  get pinned(): readonly PinnedFeature[] {
    return this.#pinned;
  }

  /** Last one first. */
  get recent(): readonly FeatureRef[] {
    return this.#recent;
  }

  isPinned(ref: FeatureRef): boolean {
    return this.#pinned.some((pinned) => sameFeature(pinned, ref));
  }

  /** Gives the feature the first colour that is free; nothing where it is pinned or `mostPinned` are. */
  async pin({ sae, feature }: FeatureRef): Promise<void> {
    if (this.isPinned({ sae, feature }) || this.#pinned.length >= mostPinned) return;
    const slot = freeSlot((each) => this.#pinned.some((pinned) => pinned.slot === each));
    await this.#keep([...this.#pinned, { sae, feature, slot }]);
  }

  async unpin(ref: FeatureRef): Promise<void> {
    if (!this.isPinned(ref)) return;
    await this.#keep(this.#pinned.filter((pinned) => !sameFeature(pinned, ref)));
  }

  /** Somebody looks at a feature. */
  async look({ sae, feature }: FeatureRef): Promise<void> {
    const others = this.#recent.filter((recent) => !sameFeature(recent, { sae, feature }));
    this.#recent = [{ sae, feature }, ...others].slice(0, mostRecent);
    this.#changed.fire(undefined);
    await this.#memory.update(recentKey, this.#recent);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #keep(pinned: readonly PinnedFeature[]): Promise<void> {
    this.#pinned = pinned;
    this.#changed.fire(undefined);
    await this.#memory.update(pinnedKey, pinned);
  }
}

function readList<T>(value: unknown, read: (entry: unknown) => T | undefined): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.map(read).filter((entry) => entry !== undefined);
}

function readPinned(value: unknown): PinnedFeature | undefined {
  const ref = readFeatureRef(value);
  const slot = fieldsOf(value)?.['slot'];
  const isSlot = typeof slot === 'number' && Number.isInteger(slot) && slot >= 0;
  return ref && isSlot && slot < mostSlots ? { ...ref, slot } : undefined;
}
