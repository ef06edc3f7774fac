// Selection of the k largest values. Equal values are ordered by index, lower first, as ONNX TopK does.

export interface TopK {
  /** [k] largest first. */
  readonly values: Float32Array;
  /** [k] index of each value, counted from `start`. */
  readonly indices: Uint32Array;
}

/** Does (value, index) come after (otherValue, otherIndex) in the order largest first, lower index first? */
function isBehind(value: number, index: number, otherValue: number, otherIndex: number): boolean {
  return value < otherValue || (value === otherValue && index > otherIndex);
}

/** Restores the heap below `at`: every parent is behind its children, so the root is the last of the selection. */
function siftDown({ values, indices }: TopK, at: number, size: number): void {
  const value = values[at];
  const index = indices[at];
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    const right = child + 1;
    if (right < size && isBehind(values[right], indices[right], values[child], indices[child])) {
      child = right;
    }
    if (!isBehind(values[child], indices[child], value, index)) break;
    values[at] = values[child];
    indices[at] = indices[child];
    at = child;
  }
  values[at] = value;
  indices[at] = index;
}

/**
 * The k largest of `length` values from `start`, largest first: x [length] → values [k], indices [k].
 * k is cut to `length`. O(length + changes · log k).
 */
export function topK(x: Float32Array, k: number, start = 0, length = x.length - start): TopK {
  const size = Math.min(k, length);
  const heap: TopK = { values: new Float32Array(size), indices: new Uint32Array(size) };
  const { values, indices } = heap;
  for (let i = 0; i < size; i += 1) {
    values[i] = x[start + i];
    indices[i] = i;
  }
  for (let i = (size >> 1) - 1; i >= 0; i -= 1) siftDown(heap, i, size);
  for (let i = size; i < length; i += 1) {
    // A later element never displaces an equal one: it has the higher index.
    if (x[start + i] > values[0]) {
      values[0] = x[start + i];
      indices[0] = i;
      siftDown(heap, 0, size);
    }
  }
  for (let last = size - 1; last > 0; last -= 1) {
    const value = values[last];
    const index = indices[last];
    values[last] = values[0];
    indices[last] = indices[0];
    values[0] = value;
    indices[0] = index;
    siftDown(heap, 0, last);
  }
  return heap;
}
