// The largest activation of each feature among some rows: what strength is measured against where a feature's maximum is
// not known. Kept batch by batch, since most of a text stays as it is. Without VS Code.
import type { SaePlace, TokenBatch } from '../../../shared/engineProtocol.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';

/** 0 where the feature is not active. */
export type LargestAmong = (sae: SaePlace, feature: number) => number;

/** Looking for a single feature takes a small part of the time that a table of all takes. */
const mostSingle = 16;

/** Of the rows of one batch that were last asked for. */
interface Kept {
  readonly first: number;
  readonly last: number;
  readonly bySae: Map<SaePlace, LargestInRows>;
}

export class LargestActivations {
  readonly #kept = new WeakMap<TokenBatch, Kept>();

  /** Holds until the rows are others. */
  among(rows: readonly TokenRows[]): LargestAmong {
    const bySae = new Map<SaePlace, (feature: number) => number>();
    return (sae, feature) => {
      let largest = bySae.get(sae);
      if (largest === undefined) {
        largest = largestIn(rows.map((each) => this.#of(each, sae)));
        bySae.set(sae, largest);
      }
      return largest(feature);
    };
  }

  #of(rows: TokenRows, sae: SaePlace): LargestInRows {
    const { batch, first, last } = rows;
    let kept = this.#kept.get(batch);
    if (kept?.first !== first || kept.last !== last) {
      kept = { first, last, bySae: new Map() };
      this.#kept.set(batch, kept);
    }
    let largest = kept.bySae.get(sae);
    if (largest === undefined) {
      largest = new LargestInRows(rows, sae);
      kept.bySae.set(sae, largest);
    }
    return largest;
  }
}

class LargestInRows {
  readonly #rows: TokenRows;
  readonly #sae: SaePlace;
  readonly #single = new Map<number, number>();
  #all: ReadonlyMap<number, number> | undefined;

  constructor(rows: TokenRows, sae: SaePlace) {
    this.#rows = rows;
    this.#sae = sae;
  }

  of(feature: number): number {
    const known = this.#all ?? this.#single;
    const largest = known.get(feature);
    if (largest !== undefined || known === this.#all) return largest ?? 0;
    if (this.#single.size === mostSingle) {
      this.#all = largestActivations([this.#rows], this.#sae);
      return this.#all.get(feature) ?? 0;
    }
    const found = largestOfOne(this.#rows, this.#sae, feature);
    this.#single.set(feature, found);
    return found;
  }
}

function largestIn(all: readonly LargestInRows[]): (feature: number) => number {
  const found = new Map<number, number>();
  return (feature) => {
    let largest = found.get(feature);
    if (largest === undefined) {
      largest = 0;
      for (const each of all) largest = Math.max(largest, each.of(feature));
      found.set(feature, largest);
    }
    return largest;
  };
}

function largestOfOne({ batch, first, last }: TokenRows, sae: SaePlace, feature: number): number {
  const reading = batch.readings.find((each) => each.sae === sae);
  if (reading === undefined) return 0;
  const { slots, features, activations } = reading;
  let largest = 0;
  for (let slot = first * slots; slot < last * slots; slot++) {
    if (features[slot] === feature) largest = Math.max(largest, activations[slot] ?? 0);
  }
  return largest;
}

export function largestActivations(
  rows: readonly TokenRows[],
  sae: SaePlace,
): ReadonlyMap<number, number> {
  const largest = new Map<number, number>();
  for (const { batch, first, last } of rows) {
    const reading = batch.readings.find((each) => each.sae === sae);
    if (reading === undefined) continue;
    const { slots, features, activations } = reading;
    for (let slot = first * slots; slot < last * slots; slot++) {
      const activation = activations[slot] ?? 0;
      const feature = features[slot] ?? 0;
      if (activation > (largest.get(feature) ?? 0)) largest.set(feature, activation);
    }
  }
  return largest;
}
