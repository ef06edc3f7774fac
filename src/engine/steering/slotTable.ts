// The features that a plan reads and changes: one slot for each, whatever the number of edits and rows.
import type { FeatureRef, SaePlace } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { expectFeature, type Sae } from '../sae/sae.ts';
import type { PlannedFeature, Slot } from './editPlan.ts';

/** An SAE under the name that edits give it. */
export interface PlacedSae {
  readonly place: SaePlace;
  readonly sae: Sae;
}

/** The gate of slots that nothing changes. */
const unread: readonly PlannedFeature[] = [];

export class SlotTable {
  /** By SAE. */
  readonly slots: readonly Slot[][];
  readonly #saes: readonly PlacedSae[];

  constructor(saes: readonly PlacedSae[]) {
    this.#saes = saes;
    this.slots = saes.map(() => []);
  }

  sae(n: number): Sae | undefined {
    return this.#saes[n]?.sae;
  }

  /** @throws MonosemError `badEdit` for an SAE that is not active, `unknownFeature` */
  find({ sae: place, feature }: FeatureRef): PlannedFeature {
    const n = this.#saes.findIndex((known) => known.place === place);
    const sae = this.sae(n);
    if (sae === undefined) {
      throw new MonosemError(
        'badEdit',
        `Feature ${feature} is to be edited in the SAE ${place}, which is not active; add that SAE or remove the edit.`,
      );
    }
    expectFeature(sae, feature);
    return { n, feature };
  }

  /**
   * The slot of a feature, a new one where it has none yet.
   * @param gate left out for a feature that is only read
   * @returns its number
   * @throws MonosemError `badEdit` where another edit of the feature has another gate
   */
  add({ n, feature }: PlannedFeature, gate?: readonly PlannedFeature[]): number {
    const slots = this.slots[n] ?? [];
    const at = slots.findIndex((slot) => slot.feature === feature);
    const known = slots[at];
    if (known === undefined) return slots.push({ feature, gate: gate ?? unread }) - 1;
    if (gate === undefined) return at;
    if (known.gate === unread) slots[at] = { feature, gate };
    else if (!sameGate(known.gate, gate)) {
      throw new MonosemError(
        'badEdit',
        `Feature ${feature} is edited twice under different conditions; give both edits the same condition.`,
      );
    }
    return at;
  }
}

export function sameFeature(a: PlannedFeature, b: PlannedFeature): boolean {
  return a.n === b.n && a.feature === b.feature;
}

export function sameGate(a: readonly PlannedFeature[], b: readonly PlannedFeature[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => sameFeature(one, other)));
}
