// Where one element stands among others.

/** 1 + the number of elements larger than element `index`, over `length` elements from `start`. */
export function rankOf(
  x: Float32Array,
  index: number,
  start = 0,
  length = x.length - start,
): number {
  const value = x[start + index];
  let rank = 1;
  for (let i = start; i < start + length; i += 1) if (x[i] > value) rank += 1;
  return rank;
}

/**
 * The place of element `index` when `length` elements from `start` stand in a row, largest first and of equal ones the
 * lower index first, as topK orders them: 1 for the first. Equal elements share a rank, but no place.
 */
export function placeOf(
  x: Float32Array,
  index: number,
  start = 0,
  length = x.length - start,
): number {
  const value = x[start + index];
  let place = 1;
  for (let i = start; i < start + length; i += 1) {
    if (x[i] > value || (x[i] === value && i < start + index)) place += 1;
  }
  return place;
}

/** Index of the largest value in x[start, start + length); the first one where several are equal. */
export function argmax(x: Float32Array, start = 0, length = x.length - start): number {
  let best = 0;
  for (let i = 1; i < length; i += 1) if (x[start + i] > x[start + best]) best = i;
  return best;
}
