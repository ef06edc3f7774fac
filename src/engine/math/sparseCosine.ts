// Likeness of sparse vectors that are kept as rows of (index, value) pairs of fixed length.

/**
 * Cosine of row `row` with every row, over what the rows hold: indices and values [T, K] → [T]. 0 for rows without
 * values above 0. Indices of one row do not repeat where their values are above 0.
 */
export function sparseCosines(
  indices: Uint32Array,
  values: Float32Array,
  K: number,
  row: number,
): Float32Array {
  const own = new Map<number, number>();
  let ownSquare = 0;
  for (let i = row * K; i < (row + 1) * K; i += 1) {
    if (values[i] <= 0) continue;
    own.set(indices[i], values[i]);
    ownSquare += values[i] * values[i];
  }
  const cosines = new Float32Array(K === 0 ? 0 : values.length / K);
  for (let t = 0; t < cosines.length; t += 1) {
    let dot = 0;
    let square = 0;
    for (let i = t * K; i < (t + 1) * K; i += 1) {
      const value = values[i];
      if (value <= 0) continue;
      square += value * value;
      const other = own.get(indices[i]);
      if (other !== undefined) dot += value * other;
    }
    if (dot > 0) cosines[t] = dot / Math.sqrt(ownSquare * square);
  }
  return cosines;
}
