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
