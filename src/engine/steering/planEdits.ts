// Makes a plan of edits, and refuses what no graph could do.
import type { DirectionEdit, FeatureEdit, SteerEdit } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { DirectionTable, type RowAmounts } from './directionTable.ts';
import type {
  EditPlan,
  Gate,
  Placed,
  PlacedTransform,
  PlannedFeature,
  RowPlan,
} from './editPlan.ts';
import { expectLength, expectWidth } from './expectDirection.ts';
import { isFeatureEdit, nameOfTarget, transformOf, type Transform } from './edits.ts';
import { gatePlace, sameFeature } from './gatePlace.ts';
import { layoutFor } from './layout.ts';
import { touchesOf, type SequenceFacts } from './positions.ts';
import { SlotTable, type PlacedSae } from './slotTable.ts';
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
  readonly transforms: Map<number, readonly PlacedTransform[]>[];
  readonly amounts: RowAmounts;
  readonly drops: Placed<number>[][];
}

class Planner {
  readonly #sequence: EditedSequence;
  readonly #slots: SlotTable;
  readonly #directions = new DirectionTable();
  /** By SAE: the conditions under which its error is dropped. */
  readonly #drops: readonly Gate[][];

  constructor(sequence: EditedSequence) {
    this.#sequence = sequence;
    this.#slots = new SlotTable(sequence.saes);
    this.#drops = sequence.saes.map(() => []);
  }

  addRow(edits: readonly SteerEdit[]): RowPlan {
    const row: GrowingRow = {
      transforms: this.#sequence.saes.map(() => new Map<number, readonly PlacedTransform[]>()),
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
    const parts = { slots, directions, drops: this.#drops };
    return { layout: layoutFor(parts), ...parts, rows };
  }

  #addFeature(row: GrowingRow, edit: FeatureEdit): void {
    const own = this.#slots.find(edit);
    const gate = this.#gateOf(edit, own);
    const touches = touchesOf(edit.positions ?? {}, this.#sequence);
    const transform = transformOf(edit);
    if (transform === undefined) {
      const site = this.#slots.sae(own.n)?.outputSite ?? '';
      this.#directions.add(row.amounts, edit, touches, { site, along: own, gate });
    } else this.#addTransform(row, own, gate, { what: transform, touches });
    if (edit.dropsError !== true) return;
    row.drops[own.n]?.push({ what: gatePlace(this.#drops[own.n] ?? [], gate), touches });
  }

  #addTransform(row: GrowingRow, own: PlannedFeature, gate: Gate, placed: Placed<Transform>): void {
    const slot = this.#slots.add(own);
    const before = row.transforms[own.n]?.get(slot) ?? [];
    const round = this.#slots.round(own.n, slot, gate, before.at(-1)?.round ?? 0);
    row.transforms[own.n]?.set(slot, [...before, { ...placed, round }]);
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
  #gateOf(edit: SteerEdit, own?: PlannedFeature): Gate {
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
    for (const [n, { name, outputSite }] of bare.entries()) {
      const isKnown = (m: number): boolean => order.isReadBefore(m, n);
      for (const { gates, feature } of this.#slots.slots[n] ?? [])
        this.#expectKnown(gates.flat(), isKnown, `An edit of feature ${feature}`);
      const dropping = `Dropping the error of the SAE ${name} at ${outputSite}`;
      this.#expectKnown(this.#drops[n]?.flat() ?? [], isKnown, dropping);
    }
    for (const { site, gate } of this.#directions.stages)
      this.#expectKnown(gate, (m) => order.isReadBy(m, site), `An edit of a direction at ${site}`);
  }

  /** @throws MonosemError `badEdit` */
  #expectKnown(gate: Gate, isKnown: (m: number) => boolean, what: string): void {
    const late = gate.find(({ n }) => !isKnown(n));
    if (late === undefined) return;
    // What a transcoder reads may come earlier; its features are there where it writes.
    const site = this.#slots.sae(late.n)?.outputSite ?? '';
    throw new MonosemError(
      'badEdit',
      `${what} depends on feature ${late.feature} at ${site}, which the model computes later; let it depend on a feature of an earlier site.`,
    );
  }
}
