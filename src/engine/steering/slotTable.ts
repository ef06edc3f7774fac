// The features that a plan reads and changes: one slot for each, whatever the number of edits and rows. What an edit under
// one condition leaves is where the next one under another condition begins, so a slot has rounds, each with a condition.
import type { FeatureRef, SaePlace } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { expectFeature, type Sae } from '../sae/sae.ts';
import type { Gate, PlannedFeature, Slot } from './editPlan.ts';
import { gatePlace } from './gatePlace.ts';

/** An SAE under the name that edits give it. */
export interface PlacedSae {
  readonly place: SaePlace;
  readonly sae: Sae;
}

/** A slot that may get another round. */
interface GrowingSlot extends Slot {
  readonly gates: Gate[];
}

export class SlotTable {
  readonly #slots: readonly GrowingSlot[][];
  readonly #saes: readonly PlacedSae[];

  constructor(saes: readonly PlacedSae[]) {
    this.#saes = saes;
    this.#slots = saes.map(() => []);
  }

  /** By SAE. */
  get slots(): readonly (readonly Slot[])[] {
    return this.#slots;
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

  /** The slot of a feature, a new one where it has none yet. @returns its number */
  add({ n, feature }: PlannedFeature): number {
    const slots = this.#slots[n] ?? [];
    const at = slots.findIndex((slot) => slot.feature === feature);
    return at === -1 ? slots.push({ feature, gates: [] }) - 1 : at;
  }

  /**
   * The round of a slot for an edit under a condition, a new one where none fits. Rows share rounds as far as that keeps
   * the order of their edits.
   * @param earliest the round of the row's edit of this feature before it
   */
  round(n: number, slot: number, gate: Gate, earliest: number): number {
    return gatePlace(this.#slots[n]?.[slot]?.gates ?? [], gate, earliest);
  }
}
