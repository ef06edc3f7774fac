// The SAE architectures that can be trained, and the form in which each is used afterwards. Both are a linear encoder,
// a sparsifying activation and a linear decoder: z = (x − b_dec) W_enc + b_enc, f = act(z), x̂ = f W_dec + b_dec.
import { selectBatchTopK, selectTopK, type SparseCodes } from '../math/sparseCodes.ts';

/** `topk`: k features per token. `batchtopk`: k per token on average over a batch. */
export type TrainedArchitecture = 'topk' | 'batchtopk';

/** A trained SAE on raw activations, in the tensors and names of SAELens. */
export interface TrainedWeights {
  readonly D: number;
  readonly F: number;
  /** [D, F] */
  readonly encoder: Float32Array;
  /** [F, D], rows of length 1 */
  readonly decoder: Float32Array;
  /** [F] */
  readonly encoderBias: Float32Array;
  /** [D], also subtracted from the input */
  readonly decoderBias: Float32Array;
  /** Where a feature switches on; meaningful for `batchtopk`. */
  readonly threshold: number;
}

/**
 * Training-time activation.
 * @param z [rows, F]
 * @param hint a guess below the smallest kept entry of `batchtopk`, for speed only
 * @returns the kept entries, and the smallest of them where one threshold serves the whole batch
 */
export function activate(
  { architecture, k, F }: { readonly architecture: TrainedArchitecture; k: number; F: number },
  z: Float32Array,
  hint: number,
): { readonly codes: SparseCodes; readonly smallest: number | undefined } {
  const rows = z.length / F;
  if (architecture === 'batchtopk') return selectBatchTopK(z, rows, k * rows, hint);
  return { codes: selectTopK(z, rows, k), smallest: undefined };
}
