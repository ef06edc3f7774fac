// The largest activation of each feature among some rows: what strength is measured against where a feature's maximum is
// not known. Kept batch by batch, since most of a text stays as it is. Without VS Code.
import type { SaePlace, TokenBatch } from '../../../shared/engineProtocol.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';

type Largest = ReadonlyMap<number, number>;
export type LargestAmong = (sae: SaePlace, feature: number) => number;

/** Of the rows of one batch that were last asked for. */
interface Kept {
  readonly first: number;
  readonly last: number;
  readonly bySae: Map<SaePlace, Largest>;
}

export class LargestActivations {
  readonly #kept = new WeakMap<TokenBatch, Kept>();

  /** Holds until the rows are others; 0 where a feature is not active. */
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

  #of(rows: TokenRows, sae: SaePlace): Largest {
    const { batch, first, last } = rows;
    let kept = this.#kept.get(batch);
    if (kept?.first !== first || kept.last !== last) {
      kept = { first, last, bySae: new Map() };
      this.#kept.set(batch, kept);
    }
    let largest = kept.bySae.get(sae);
    if (largest === undefined) {
      largest = largestActivations([rows], sae);
      kept.bySae.set(sae, largest);
    }
    return largest;
  }
}

function largestIn(all: readonly Largest[]): (feature: number) => number {
  const found = new Map<number, number>();
  return (feature) => {
    let largest = found.get(feature);
    if (largest === undefined) {
      largest = 0;
      for (const each of all) largest = Math.max(largest, each.get(feature) ?? 0);
      found.set(feature, largest);
    }
    return largest;
  };
}

export function largestActivations(rows: readonly TokenRows[], sae: SaePlace): Largest {
  const largest = new Map<number, number>();
  for (const { batch, first, last } of rows) {
    const reading = batch.readings.find((each) => each.sae === sae);
    if (reading === undefined) continue;
    const { topK, features, activations } = reading;
    for (let slot = first * topK; slot < last * topK; slot++) {
      const activation = activations[slot] ?? 0;
      const feature = features[slot] ?? 0;
      if (activation > (largest.get(feature) ?? 0)) largest.set(feature, activation);
    }
  }
  return largest;
}
