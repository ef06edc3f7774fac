// What each feature of one SAE amounts to over a whole text. It runs over typed arrays in the order they lie in and can
// be interrupted, so that a long text keeps nobody waiting. Without VS Code.
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { SaePlace, SaeReading } from '../../../shared/engineProtocol.ts';

/** One feature, over the tokens on which it was kept: it is among the strongest there, or somebody follows it. */
export interface FeatureSum {
  readonly feature: number;
  /** Tokens on which it is active. */
  readonly tokens: number;
  /** Sum of its activations. */
  readonly total: number;
  readonly max: number;
  /** Σ activation over the tokens that have a loss; 0 where none has. */
  readonly lossWeight: number;
  /** Σ activation · loss over them, in nats. */
  readonly lossTotal: number;
}

export interface TextSums {
  /** Tokens that the SAE has read and on which features are shown. */
  readonly tokens: number;
  /** Mean loss of those that have one, in nats; absent where none has. */
  readonly meanLoss?: number;
  /** Each active feature once, in the order of its first token. */
  readonly features: readonly FeatureSum[];
}

/** Rows, and features, between two chances to interrupt. */
const rowsPerStep = 2048;

/**
 * Yields from time to time; its result holds for the text as it was at the beginning.
 * @param showsOn whether features are shown on tokens with an id
 */
export function* summing(
  parts: readonly TokenRows[],
  sae: SaePlace,
  showsOn: (tokenId: number) => boolean,
): Generator<undefined, TextSums> {
  const sums = new Sums();
  let rows = 0;
  for (const { batch, first, last } of [...parts]) {
    const reading = batch.readings.find((each) => each.sae === sae);
    if (reading === undefined) continue;
    for (let row = first; row < last; row++) {
      if (showsOn(batch.ids[row] ?? 0)) sums.add(reading, row, batch.losses?.[row] ?? NaN);
      if (++rows % rowsPerStep === 0) yield;
    }
  }
  return yield* sums.result();
}

/** Columns of the sums of one feature, which lie side by side: a feature met again is in the cache as a whole. */
const columns = 5;
const [countAt, totalAt, maxAt, weightAt, lossAt] = [0, 1, 2, 3, 4];

class Sums {
  readonly #slots = new Slots();
  #table = new Float64Array(1024 * columns);
  #tokens = 0;
  #lossTokens = 0;
  #loss = 0;

  /** @param loss NaN where there is none */
  add({ slots, features, activations }: SaeReading, row: number, loss: number): void {
    const hasLoss = !Number.isNaN(loss);
    this.#tokens++;
    if (hasLoss) {
      this.#lossTokens++;
      this.#loss += loss;
    }
    for (let at = row * slots; at < (row + 1) * slots; at++) {
      const activation = activations[at] ?? 0;
      if (!(activation > 0)) return;
      const slot = this.#slots.of(features[at] ?? 0) * columns;
      if (slot >= this.#table.length) this.#table = twiceAsLong(this.#table);
      this.#count(slot, activation);
      if (hasLoss) this.#weigh(slot, activation, loss);
    }
  }

  *result(): Generator<undefined, TextSums> {
    const features: FeatureSum[] = [];
    for (const [n, feature] of this.#slots.features.entries()) {
      features.push(this.#sumAt(n * columns, feature));
      if (n % rowsPerStep === rowsPerStep - 1) yield;
    }
    return {
      tokens: this.#tokens,
      ...(this.#lossTokens > 0 && { meanLoss: this.#loss / this.#lossTokens }),
      features,
    };
  }

  #sumAt(slot: number, feature: number): FeatureSum {
    const table = this.#table;
    return {
      feature,
      tokens: table[slot + countAt] ?? 0,
      total: table[slot + totalAt] ?? 0,
      max: table[slot + maxAt] ?? 0,
      lossWeight: table[slot + weightAt] ?? 0,
      lossTotal: table[slot + lossAt] ?? 0,
    };
  }

  #count(slot: number, activation: number): void {
    const table = this.#table;
    table[slot + countAt] = (table[slot + countAt] ?? 0) + 1;
    table[slot + totalAt] = (table[slot + totalAt] ?? 0) + activation;
    if (activation > (table[slot + maxAt] ?? 0)) table[slot + maxAt] = activation;
  }

  #weigh(slot: number, activation: number, loss: number): void {
    const table = this.#table;
    table[slot + weightAt] = (table[slot + weightAt] ?? 0) + activation;
    table[slot + lossAt] = (table[slot + lossAt] ?? 0) + activation * loss;
  }
}

/** Ids from here on are looked up in a map: an array for them would be mostly empty. */
const denseIds = 2 ** 20;

/** Numbers features 0, 1, 2, … in the order in which they are met. */
class Slots {
  readonly features: number[] = [];
  /** Slot + 1 by feature; 0 for one that was not met. */
  #dense = new Int32Array(4096);
  readonly #others = new Map<number, number>();

  of(feature: number): number {
    if (feature >= denseIds) return this.#among(feature);
    while (feature >= this.#dense.length) this.#grow();
    const known = this.#dense[feature] ?? 0;
    if (known > 0) return known - 1;
    this.#dense[feature] = this.features.push(feature);
    return this.features.length - 1;
  }

  #grow(): void {
    const grown = new Int32Array(this.#dense.length * 2);
    grown.set(this.#dense);
    this.#dense = grown;
  }

  #among(feature: number): number {
    const known = this.#others.get(feature);
    if (known !== undefined) return known;
    const slot = this.features.push(feature) - 1;
    this.#others.set(feature, slot);
    return slot;
  }
}

function twiceAsLong(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(numbers.length * 2);
  longer.set(numbers);
  return longer;
}
