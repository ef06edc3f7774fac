// Makes a plan of edits, and refuses what no graph could do.
import type { DirectionEdit, FeatureEdit, SteerEdit } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { DirectionTable, type RowAmounts } from './directionTable.ts';
import { expectLength, expectWidth } from './expectDirection.ts';
import type { EditPlan, Placed, PlannedFeature, RowPlan } from './editPlan.ts';
import { isFeatureEdit, nameOfTarget, transformOf, type Transform } from './edits.ts';
import { layoutFor } from './layout.ts';
import { touchesOf, type SequenceFacts, type Touches } from './positions.ts';
import { sameFeature, SlotTable, type PlacedSae } from './slotTable.ts';
import { stageOrder, type SiteOrder } from './stageOrder.ts';

/** In the order in which the model computes them. */
interface EditableSites extends SiteOrder {
  readonly sites: ReadonlyMap<string, { readonly width?: number }>;
}

export interface EditedSequence extends SequenceFacts {
  readonly saes: readonly PlacedSae[];
  /** Of the model. */
  readonly sites: EditableSites;
  /** D of its stream. */
  readonly streamWidth: number;
}

/**
 * @param rows the edits of each row; none for one that reads the model as it is
 * @throws MonosemError `badEdit`, `unknownFeature`, `unknownSite`
 */
export function planEdits(
  rows: readonly (readonly SteerEdit[])[],
  sequence: EditedSequence,
): EditPlan {
  const planner = new Planner(sequence);
  const planned = rows.map((edits) => planner.addRow(edits));
  return planner.finish(planned);
}

/** A row while it is planned. */
interface GrowingRow {
  readonly transforms: Map<number, Placed<Transform>[]>[];
  readonly amounts: RowAmounts;
  readonly drops: Touches[][];
}

class Planner {
  readonly #sequence: EditedSequence;
  readonly #slots: SlotTable;
  readonly #directions = new DirectionTable();

  constructor(sequence: EditedSequence) {
    this.#sequence = sequence;
    this.#slots = new SlotTable(sequence.saes);
  }

  addRow(edits: readonly SteerEdit[]): RowPlan {
    const row: GrowingRow = {
      transforms: this.#sequence.saes.map(() => new Map<number, Placed<Transform>[]>()),
      amounts: new Map(),
      drops: this.#sequence.saes.map(() => []),
    };
    for (const edit of edits) {
      if (isFeatureEdit(edit)) this.#addFeature(row, edit);
      else this.#addDirection(row, edit);
    }
    return row;
  }

  finish(rows: readonly RowPlan[]): EditPlan {
    const { slots } = this.#slots;
    const directions = this.#directions.stages;
    this.#expectOrder();
    const dropsError = slots.map((_, n) => rows.some(({ drops }) => (drops[n] ?? []).length > 0));
    return { layout: layoutFor({ slots, directions, dropsError }), slots, directions, rows };
  }

  #addFeature(row: GrowingRow, edit: FeatureEdit): void {
    const own = this.#slots.find(edit);
    const gate = this.#gateOf(edit, own);
    const touches = touchesOf(edit.positions ?? {}, this.#sequence);
    const transform = transformOf(edit);
    if (transform === undefined) {
      const site = this.#slots.sae(own.n)?.outputSite ?? '';
      this.#directions.add(row.amounts, edit, touches, { site, along: own, gate });
    } else {
      const slot = this.#slots.add(own, gate);
      const placed = row.transforms[own.n];
      placed?.set(slot, [...(placed.get(slot) ?? []), { what: transform, touches }]);
    }
    if (edit.dropsError !== true) return;
    expectUnconditional(edit, gate);
    row.drops[own.n]?.push(touches);
  }

  #addDirection(row: GrowingRow, edit: DirectionEdit): void {
    const { sites, streamWidth } = this.#sequence;
    expectWidth(edit, { sites: sites.sites, streamWidth });
    expectLength(edit.direction, nameOfTarget(edit));
    const { site, direction: along } = edit;
    const touches = touchesOf(edit.positions ?? {}, this.#sequence);
    this.#directions.add(row.amounts, edit, touches, { site, along, gate: this.#gateOf(edit) });
  }

  /** The features that must be active, each of which has a slot from now on. @param own the edited one */
  #gateOf(edit: SteerEdit, own?: PlannedFeature): readonly PlannedFeature[] {
    const gate: PlannedFeature[] = [];
    if (own !== undefined && isFeatureEdit(edit) && edit.onlyActive === true) gate.push(own);
    if (edit.onlyWhile !== undefined) {
      const other = this.#slots.find(edit.onlyWhile);
      if (!gate.some((known) => sameFeature(known, other))) gate.push(other);
    }
    for (const feature of gate) this.#slots.add(feature);
    return gate;
  }

  /** A condition looks at what the model has computed by then. */
  #expectOrder(): void {
    const { saes, sites } = this.#sequence;
    const bare = saes.map(({ sae }) => sae);
    const order = stageOrder(bare, sites);
    for (const [n, slots] of this.#slots.slots.entries()) {
      for (const { gate, feature } of slots) {
        const late = gate.find((other) => !order.isReadBefore(other.n, n));
        if (late !== undefined) throw this.#tooLate(late, `feature ${feature}`);
      }
    }
    for (const { site, gate } of this.#directions.stages) {
      const late = gate.find((other) => !order.isReadBy(other.n, site));
      if (late !== undefined) throw this.#tooLate(late, `a direction at ${site}`);
    }
  }

  #tooLate({ n, feature }: PlannedFeature, target: string): MonosemError {
    const site = this.#slots.sae(n)?.site ?? '';
    return new MonosemError(
      'badEdit',
      `An edit of ${target} depends on feature ${feature} at ${site}, which the model computes later; let it depend on a feature of an earlier site.`,
    );
  }
}

function expectUnconditional(edit: SteerEdit, gate: readonly PlannedFeature[]): void {
  if (gate.length === 0) return;
  throw new MonosemError(
    'badEdit',
    `The edit of ${nameOfTarget(edit)} drops the SAE's error and has a condition, which exclude each other; remove one of the two.`,
  );
}
