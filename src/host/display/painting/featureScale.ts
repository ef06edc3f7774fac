// How strong an activation is for its feature, and whether it is painted at all: worked out once per feature and look, not
// once per token. Without VS Code.
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import type { FeatureIndex } from '../../../shared/units.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { PaintFacts } from './facts.ts';
import { largestActivations } from './largestActivations.ts';

/** Of features that are not shown. */
const hidden = Number.POSITIVE_INFINITY;

export class FeatureScale {
  readonly #sae: SaePlace;
  readonly #rows: readonly TokenRows[];
  readonly #facts: PaintFacts;
  readonly #isChosen: boolean;
  readonly #maxima = new Map<number, number>();
  #largest: ReadonlyMap<number, number> | undefined;

  /** @param isChosen the features were chosen by somebody: filters of features do not count */
  constructor(sae: SaePlace, rows: readonly TokenRows[], facts: PaintFacts, isChosen = false) {
    this.#sae = sae;
    this.#rows = rows;
    this.#facts = facts;
    this.#isChosen = isChosen;
  }

  /** Share of the feature's maximum; 0 for what is not painted. @param activation above 0 */
  share(feature: FeatureIndex, activation: number): number {
    let maximum = this.#maxima.get(feature);
    if (maximum === undefined) {
      maximum = this.#maximum(feature);
      this.#maxima.set(feature, maximum);
    }
    if (maximum === hidden) return 0;
    const share = maximum > 0 ? activation / maximum : 1;
    return share * 100 >= this.#facts.threshold ? share : 0;
  }

  #maximum(feature: FeatureIndex): number {
    const { shows, maximum } = this.#facts;
    if (!this.#isChosen && !shows({ sae: this.#sae, feature })) return hidden;
    const known = maximum(this.#sae, feature) ?? 0;
    if (known > 0) return known;
    this.#largest ??= largestActivations(this.#rows, this.#sae);
    return this.#largest.get(feature) ?? 0;
  }
}
