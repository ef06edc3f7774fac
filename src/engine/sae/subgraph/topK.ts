// The TopK activation (Gao et al. 2024, "Scaling and evaluating sparse autoencoders"), and TopK as an output form.
import type { GraphBuilder } from '../../onnx/graph/builder.ts';

export interface TopKValues {
  /** [B, T, K] float32, largest first. */
  readonly values: string;
  /** [B, T, K] int64; of equal values the lower index comes first. */
  readonly indices: string;
}

/** The k largest along the last axis; k must not exceed its size. */
export function emitTopK(builder: GraphBuilder, features: string, k: number): TopKValues {
  const attributes = { axis: -1, largest: 1, sorted: 1 };
  const [values = '', indices = ''] = builder.ops('TopK', [features, builder.int64s(k)], 2, {
    attributes,
  });
  return { values, indices };
}

/**
 * Keeps exactly k along the last axis, then ReLU: which ones is decided by their rank, not by comparison with the k-th
 * value, so ties cannot let more through.
 */
export function emitKeepTopK(builder: GraphBuilder, z: string, k: number): string {
  const { values, indices } = emitTopK(builder, z, k);
  const zeros = builder.op('ConstantOfShape', [builder.op('Shape', [z])]);
  return builder.op('ScatterElements', [zeros, indices, builder.op('Relu', [values])], {
    attributes: { axis: -1 },
  });
}
