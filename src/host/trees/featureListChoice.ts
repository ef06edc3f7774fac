// How the features of a file are listed: their order, remembered over a reload of the window, and what was typed to narrow
// the list down. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import { readRanking } from '../display/features/featureRankings.ts';
import type { Ranking } from '../display/features/featureRankings.ts';
import type { Memory } from '../memory.ts';

const memoryKey = 'monosem.featureRanking';
/** Nobody types more to find a feature. */
const longestWords = 200;

export class FeatureListChoice implements Disposable {
  readonly #memory: Memory;
  readonly #changed = new Emitter<undefined>();
  #ranking: Ranking;
  #words = '';

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#ranking = readRanking(memory.get(memoryKey)) ?? 'total';
  }

  readonly onDidChange = this.#changed.event;

  get ranking(): Ranking {
    return this.#ranking;
  }

  /** Empty: everything is listed. */
  get words(): string {
    return this.#words;
  }

  async rank(ranking: Ranking): Promise<void> {
    if (ranking === this.#ranking) return;
    this.#ranking = ranking;
    this.#changed.fire(undefined);
    await this.#memory.update(memoryKey, ranking);
  }

  filter(typed: string): void {
    const words = typed.trim().slice(0, longestWords);
    if (words === this.#words) return;
    this.#words = words;
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
