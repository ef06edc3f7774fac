// An SAE in float64, from the formulas in src/engine/sae/sae.ts and nothing else.
import type { SaelensTensors } from '../../../src/engine/sae/formats/saelens.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';

/** Features and reconstruction of one row. */
export function referenceSae(
  tensors: SaelensTensors,
  activation: SaelensArchitecture,
  x: readonly number[],
): { features: number[]; reconstruction: number[] } {
  const k = activation.architecture === 'topk' ? activation.k : undefined;
  const [D = 0, F = 0] = tensors.W_enc.dims;
  const at = (data: ArrayLike<number>, i: number): number => data[i] ?? NaN;
  const z = Array.from({ length: F }, (_, j) =>
    x.reduce(
      (sum, value, d) =>
        sum + (value - at(tensors.b_dec.data, d)) * at(tensors.W_enc.data, d * F + j),
      at(tensors.b_enc.data, j),
    ),
  );
  const cut = k === undefined ? -Infinity : ([...z].sort((a, b) => b - a)[k - 1] ?? NaN);
  const features = z.map((value, j) => {
    const threshold = tensors.threshold === undefined ? 0 : at(tensors.threshold.data, j);
    return value >= cut && value > Math.max(0, threshold) ? value : 0;
  });
  const reconstruction = Array.from({ length: D }, (_, d) =>
    features.reduce(
      (sum, value, j) => sum + value * at(tensors.W_dec.data, j * D + d),
      at(tensors.b_dec.data, d),
    ),
  );
  return { features, reconstruction };
}
