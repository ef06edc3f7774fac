// Puts followed features that are too weak for a token's strongest ones behind them, so that whoever reads the rows finds
// them among the active ones, in the same order. Rows become as long as the fullest of them needs, and where nothing is
// to be added they are those that would be sent if nothing was followed.
import type { FollowedFeatures, KnownFeatures } from './followedFeatures.ts';
import { plainRows, rowsOf, type FeatureRows, type TopFeatures } from './topFeatures.ts';

/** A followed feature of one SAE, and where its activations lie. */
interface Column {
  readonly feature: number;
  /** [T, width] */
  readonly activations: Float32Array;
  readonly at: number;
  readonly width: number;
}

/**
 * Rows [first, last) as arrays of their own.
 * @param ids [E] the features followed now; those without a column are among the strongest wherever they are active
 */
export function rowsWithFollowed(
  { reading, followed }: KnownFeatures,
  ids: Uint32Array | undefined,
  [first, last]: readonly [first: number, last: number],
): FeatureRows {
  const plain = rowsOf(reading, first, last);
  const columns = ids === undefined || followed === undefined ? [] : columnsOf(followed, ids);
  const added = new Uint8Array((last - first) * columns.length);
  const slots = plain.topK + markAdded(added, plain, columns, first);
  if (slots === plain.topK) return plainRows(plain);
  const rows = widened(plain, last - first, slots);
  for (const [n, column] of columns.entries()) {
    for (let row = 0; row < last - first; row++) {
      if (added[row * columns.length + n] === 0) continue;
      insert(rows, row, column.feature, activationIn(column, first + row));
    }
  }
  return rows;
}

function columnsOf({ features, activations }: FollowedFeatures, ids: Uint32Array): Column[] {
  return Array.from(ids, (feature) => {
    const at = features.indexOf(feature);
    return { feature, activations, at, width: features.length };
  }).filter(({ at }) => at >= 0);
}

function activationIn({ activations, at, width }: Column, token: number): number {
  return activations[token * width + at] ?? 0;
}

/**
 * Marks which features are active in a row without being there.
 * @param added [rows, columns]; a 1 for each
 * @returns the most of them in one row
 */
function markAdded(
  added: Uint8Array,
  { topK, features }: TopFeatures,
  columns: readonly Column[],
  first: number,
): number {
  let most = 0;
  const rows = columns.length === 0 ? 0 : added.length / columns.length;
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let n = 0; n < columns.length; n++) {
      const column = columns[n];
      if (column === undefined || !(activationIn(column, first + row) > 0)) continue;
      if (isAmong(features, row * topK, topK, column.feature)) continue;
      added[row * columns.length + n] = 1;
      count++;
    }
    most = Math.max(most, count);
  }
  return most;
}

/** @param from where the row begins, which is `length` long */
function isAmong(features: Uint32Array, from: number, length: number, feature: number): boolean {
  for (let slot = from; slot < from + length; slot++) if (features[slot] === feature) return true;
  return false;
}

function widened(
  { topK, features, activations }: TopFeatures,
  T: number,
  slots: number,
): FeatureRows {
  const rows = {
    ...{ topK, slots },
    features: new Uint32Array(T * slots),
    activations: new Float32Array(T * slots),
  };
  for (let row = 0; row < T; row++) {
    for (let slot = 0; slot < topK; slot++) {
      rows.features[row * slots + slot] = features[row * topK + slot] ?? 0;
      rows.activations[row * slots + slot] = activations[row * topK + slot] ?? 0;
    }
  }
  return rows;
}

/** Before the first slot with a smaller activation; the last slot, which is a spare one, falls out. */
function insert(
  { slots, features, activations }: FeatureRows,
  row: number,
  feature: number,
  activation: number,
): void {
  let slot = (row + 1) * slots - 1;
  for (; slot > row * slots && (activations[slot - 1] ?? 0) < activation; slot--) {
    features[slot] = features[slot - 1] ?? 0;
    activations[slot] = activations[slot - 1] ?? 0;
  }
  features[slot] = feature;
  activations[slot] = activation;
}
