// Where elements stand among others.
import { topK } from './topK.ts';

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

/** For more elements than this, putting all in order costs less than looking through all for each. */
const few = 64;

/**
 * The places of some elements when all of x stand in a row, largest first and of equal ones the lower index first, as topK
 * orders them: 1 for the first. Equal elements share a rank, but no place.
 * @param indices [n] @returns [n]
 */
export function placesOf(x: Float32Array, indices: Uint32Array): Uint32Array {
  if (indices.length <= few) return indices.map((index) => placeOf(x, index));
  const places = new Uint32Array(x.length);
  for (const [n, index] of topK(x, x.length).indices.entries()) places[index] = n + 1;
  return indices.map((index) => places[index]);
}

function placeOf(x: Float32Array, index: number): number {
  const value = x[index];
  let place = 1;
  for (let i = 0; i < x.length; i += 1) {
    if (x[i] > value || (x[i] === value && i < index)) place += 1;
  }
  return place;
}

/** Index of the largest value in x[start, start + length); the first one where several are equal. */
export function argmax(x: Float32Array, start = 0, length = x.length - start): number {
  let best = 0;
  for (let i = 1; i < length; i += 1) if (x[start + i] > x[start + best]) best = i;
  return best;
}
