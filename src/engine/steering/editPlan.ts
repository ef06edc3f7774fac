// Edits of one or several rows, ready for a graph: which stages the graph needs, which features and directions they
// work on, and what each row does there at a position. Amounts, positions and features are inputs of the graph, so a
// plan with the same layout runs in the same session.
import type {
  DirectionEdit,
  FeatureRef,
  SaePlace,
  SteerEdit,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import { expectFeature, type Sae } from '../sae/sae.ts';
import {
  amountOf,
  compose,
  directionKindOf,
  identity,
  isFeatureEdit,
  nameOfTarget,
  transformOf,
  type DirectionKind,
  type Transform,
} from './edits.ts';
import { layoutFor, type EditLayout } from './layout.ts';
import { touchesOf, type SequenceFacts, type Touches } from './positions.ts';
import { stageOrder, type SiteOrder } from './stageOrder.ts';

export interface PlacedSae {
  readonly place: SaePlace;
  readonly sae: Sae;
}

/** A feature of the n-th SAE. */
interface PlannedFeature {
  readonly n: number;
  readonly feature: FeatureIndex;
}

/** A feature that a stage reads, and mostly changes, while all features of its gate are active. */
export interface Slot {
  readonly feature: FeatureIndex;
  readonly gate: readonly PlannedFeature[];
}

/** What is changed along. */
export interface DirectionStage {
  readonly site: string;
  /** Given, or the decoder row of a feature. */
  readonly along: Float32Array | PlannedFeature;
  readonly kind: DirectionKind;
  readonly gate: readonly PlannedFeature[];
}

/** Something that happens on some tokens. */
interface Placed<T> {
  readonly what: T;
  readonly touches: Touches;
}

/** What one row does. */
export interface RowPlan {
  /** By SAE and slot, in the order in which they apply. */
  readonly transforms: readonly ReadonlyMap<number, readonly Placed<Transform>[]>[];
  /** By direction stage: its amount. */
  readonly amounts: ReadonlyMap<number, Placed<number>>;
  /** By SAE: where its error is dropped. */
  readonly drops: readonly (readonly Touches[])[];
}

export interface EditPlan {
  readonly layout: EditLayout;
  /** By SAE. */
  readonly slots: readonly (readonly Slot[])[];
  readonly directions: readonly DirectionStage[];
  readonly rows: readonly RowPlan[];
}

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

/** Transform of a slot at a position: everything that touches it, one after the other. */
export function transformAt(
  placed: readonly Placed<Transform>[],
  position: number,
  id: number,
): Transform {
  let transform = identity;
  for (const { what, touches } of placed) {
    if (touches(position, id)) transform = compose(transform, what);
  }
  return transform;
}

/** First position that a row may change; the length of the sequence where that is none. */
export function firstTouched(rows: readonly RowPlan[], ids: Uint32Array): number {
  const all = rows.flatMap(({ transforms, amounts, drops }) => [
    ...transforms.flatMap((slots) => [...slots.values()].flat()).map(({ touches }) => touches),
    ...[...amounts.values()].map(({ touches }) => touches),
    ...drops.flat(),
  ]);
  const at = ids.findIndex((id, position) => all.some((touches) => touches(position, id)));
  return at === -1 ? ids.length : at;
}

/** A row while it is planned. */
interface GrowingRow {
  readonly transforms: Map<number, Placed<Transform>[]>[];
  readonly amounts: Map<number, Placed<number>>;
  readonly drops: Touches[][];
}

class Planner {
  readonly #sequence: EditedSequence;
  readonly #slots: Slot[][];
  readonly #directions: DirectionStage[] = [];

  constructor(sequence: EditedSequence) {
    this.#sequence = sequence;
    this.#slots = sequence.saes.map(() => []);
  }

  addRow(edits: readonly SteerEdit[]): RowPlan {
    const row: GrowingRow = {
      transforms: this.#slots.map(() => new Map<number, Placed<Transform>[]>()),
      amounts: new Map(),
      drops: this.#slots.map(() => []),
    };
    for (const edit of edits) this.#add(row, edit);
    return row;
  }

  finish(rows: readonly RowPlan[]): EditPlan {
    const { saes, sites } = this.#sequence;
    const order = stageOrder(
      saes.map(({ sae }) => sae),
      sites,
    );
    const layout = layoutFor({
      slots: this.#slots,
      directions: this.#directions,
      dropsError: saes.map((_, n) => rows.some(({ drops }) => (drops[n] ?? []).length > 0)),
    });
    for (const [n, slots] of this.#slots.entries()) {
      for (const { gate, feature } of slots) {
        for (const other of gate)
          if (!order.isReadBefore(other.n, n)) throw this.#tooLate(other, `feature ${feature}`);
      }
    }
    for (const { site, gate } of this.#directions) {
      for (const other of gate)
        if (!order.isReadBy(other.n, site)) throw this.#tooLate(other, `a direction at ${site}`);
    }
    return { layout, slots: this.#slots, directions: this.#directions, rows };
  }

  #add(row: GrowingRow, edit: SteerEdit): void {
    const touches = touchesOf(edit.positions ?? {}, this.#sequence);
    const while_ = edit.onlyWhile === undefined ? [] : [this.#gating(edit.onlyWhile)];
    if (!isFeatureEdit(edit)) {
      this.#expectWidth(edit);
      expectLength(edit.direction, edit);
      this.#addDirection(row, edit, touches, { site: edit.site, along: edit.direction }, while_);
      return;
    }
    const own = this.#planned(edit);
    const others = while_.filter((other) => !sameFeature(other, own));
    const gate = edit.onlyActive === true ? [own, ...others] : while_;
    const transform = transformOf(edit);
    if (transform === undefined) {
      if (gate.includes(own)) this.#slot(own);
      const site = this.#sequence.saes[own.n]?.sae.outputSite ?? '';
      this.#addDirection(row, edit, touches, { site, along: own }, gate);
    } else {
      const slot = this.#slot(own, gate);
      const placed = row.transforms[own.n];
      placed?.set(slot, [...(placed.get(slot) ?? []), { what: transform, touches }]);
    }
    if (edit.dropsError === true) {
      expectUnconditional(edit, gate);
      row.drops[own.n]?.push(touches);
    }
  }

  #addDirection(
    row: GrowingRow,
    edit: SteerEdit,
    touches: Touches,
    { site, along }: Pick<DirectionStage, 'site' | 'along'>,
    gate: readonly PlannedFeature[],
  ): void {
    const kind = directionKindOf(edit);
    const isSame = (stage: DirectionStage, i: number): boolean =>
      !row.amounts.has(i) &&
      stage.site === site &&
      stage.kind === kind &&
      sameDirection(stage.along, along) &&
      sameGate(stage.gate, gate);
    // Rows that differ in amounts alone share their stages; what a row does twice, it does in two.
    let at = this.#directions.findIndex(isSame);
    if (at === -1) {
      at = this.#directions.length;
      this.#directions.push({ site, along, gate, kind });
    }
    row.amounts.set(at, { what: amountOf(edit), touches });
  }

  #planned({ sae: place, feature }: FeatureRef): PlannedFeature {
    const n = this.#sequence.saes.findIndex((known) => known.place === place);
    const sae = this.#sequence.saes[n]?.sae;
    if (sae === undefined) {
      throw new MonosemError(
        'badEdit',
        `Feature ${feature} is to be edited in the SAE ${place}, which is not active; add that SAE or remove the edit.`,
      );
    }
    expectFeature(sae, feature);
    return { n, feature };
  }

  /** A feature that is read and decides about others. */
  #gating(ref: FeatureRef): PlannedFeature {
    const planned = this.#planned(ref);
    this.#slot(planned);
    return planned;
  }

  /**
   * @param gate left out for one that is only read
   * @returns its number
   */
  #slot({ n, feature }: PlannedFeature, gate?: readonly PlannedFeature[]): number {
    const slots = this.#slots[n] ?? [];
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

  #expectWidth({ site: name, direction }: DirectionEdit): void {
    const { sites, streamWidth } = this.#sequence;
    const site = sites.sites.get(name);
    if (site === undefined) {
      throw new MonosemError(
        'unknownSite',
        `The model has no site ${name} to steer at; choose one such as blocks.0.hook_resid_post.`,
      );
    }
    const width = site.width ?? streamWidth;
    if (direction.length === width) return;
    throw new MonosemError(
      'badEdit',
      `A direction at ${name} has ${direction.length} numbers, and the model is ${width} wide there; take one that was made for this place.`,
    );
  }

  #tooLate({ n, feature }: PlannedFeature, target: string): MonosemError {
    const { sae } = this.#sequence.saes[n] ?? {};
    return new MonosemError(
      'badEdit',
      `An edit of ${target} depends on feature ${feature} at ${sae?.site ?? 'a site'}, which the model computes later; let it depend on a feature of an earlier site.`,
    );
  }
}

/** Of slots that nothing changes. */
const unread: readonly PlannedFeature[] = [];

function sameFeature(a: PlannedFeature, b: PlannedFeature): boolean {
  return a.n === b.n && a.feature === b.feature;
}

function sameGate(a: readonly PlannedFeature[], b: readonly PlannedFeature[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => sameFeature(one, other)));
}

function sameDirection(a: DirectionStage['along'], b: DirectionStage['along']): boolean {
  if (a instanceof Float32Array || b instanceof Float32Array) return a === b;
  return sameFeature(a, b);
}

function expectLength(direction: Float32Array, edit: SteerEdit): void {
  const squares = direction.reduce((sum, x) => sum + x * x, 0);
  if (Number.isFinite(squares) && squares > 0) return;
  throw new MonosemError(
    'badEdit',
    `For ${nameOfTarget(edit)} there is no direction: all of its numbers are 0 or one is not finite; choose another one.`,
  );
}

function expectUnconditional(edit: SteerEdit, gate: readonly PlannedFeature[]): void {
  if (gate.length === 0) return;
  throw new MonosemError(
    'badEdit',
    `The edit of ${nameOfTarget(edit)} drops the SAE's error and has a condition, which exclude each other; remove one of the two.`,
  );
}
