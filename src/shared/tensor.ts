// The legend for every shape in this code base:
//   B batch, T tokens, P tokens already in the KV cache, L layers, D model width, F features (SAE width),
//   E edited features, H heads, V vocabulary, K top-k.
// Tensors are row-major: the last axis is contiguous.
import { MonosemError } from './errors.ts';
import { t } from './l10n.ts';

/** A dense float32 tensor. `data.length` is the product of `dims`. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/**
 * Checks a shape where data enters; inner loops trust it afterwards.
 * @param expected one entry per axis; `undefined` accepts any size
 * @throws MonosemError `badShape`, naming the tensor, the axis, the expected and the actual size
 */
export function expectShape(
  name: string,
  dims: readonly number[],
  expected: readonly (number | undefined)[],
): void {
  const fits =
    dims.length === expected.length &&
    expected.every((size, axis) => size === undefined || size === dims[axis]);
  if (fits) return;
  const wanted = expected.map((size) => size ?? '*').join(', ');
  throw new MonosemError(
    'badShape',
    t('{0} has shape [{1}] where [{2}] is expected.', name, dims.join(', '), wanted),
  );
}
