// Changes of memory layout between the checkpoint and the graph. Values are never changed here.

/** x [rows, columns] → [columns, rows]. The checkpoint multiplies W · x, the graph x · W. */
export function transpose(x: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(x.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = x[row * columns + column] ?? 0;
    }
  }
  return result;
}

/**
 * Reorders the output rows of a query or key projection, head by head: (0, 1, 2, …) → (0, 2, 4, …, 1, 3, 5, …).
 * llama2.c rotates neighbouring pairs (2i, 2i + 1), Hugging Face rotates (i, i + dHead/2); scores are the same.
 * @param w [H · dHead, D]
 */
export function pairsToHalves(w: Float32Array, heads: number, dHead: number): Float32Array {
  const columns = w.length / (heads * dHead);
  const half = dHead / 2;
  const result = new Float32Array(w.length);
  for (let row = 0; row < heads * dHead; row++) {
    const within = row % dHead;
    const target = row - within + (within % 2) * half + Math.floor(within / 2);
    result.set(w.subarray(row * columns, (row + 1) * columns), target * columns);
  }
  return result;
}
