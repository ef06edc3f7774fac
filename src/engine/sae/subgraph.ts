// The SAE as ONNX nodes. Weights are references into their own file; nothing is copied. All values are float32,
// x is [B, T, D], features are [B, T, F]. The formulas are in sae.ts; encode.ts computes the same in TypeScript.
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import type { StoredTensor } from '../files/storedTensor.ts';
import type { Sae } from './sae.ts';

/** Data type number of float32 in ONNX. */
const float32 = 1;

/** A weight as float32: half-precision files are widened when the session opens. */
function weight(builder: GraphBuilder, stored: StoredTensor): string {
  const value = builder.stored(stored);
  if (stored.type === 'float32') return value;
  return builder.op('Cast', [value], { attributes: { to: float32 } });
}

/** x̃ = x − [applyBDecToInput] b_dec. */
function emitInput(builder: GraphBuilder, sae: Sae, x: string): string {
  return sae.applyBDecToInput ? builder.op('Sub', [x, weight(builder, sae.b_dec)]) : x;
}

/** z = x̃ · W_enc + b_enc → [B, T, F]. */
function emitPreActivations(builder: GraphBuilder, sae: Sae, x: string): string {
  const product = builder.op('MatMul', [emitInput(builder, sae, x), weight(builder, sae.W_enc)]);
  return builder.op('Add', [product, weight(builder, sae.b_enc)]);
}

/** ReLU(z) · 1[z > θ]; one comparison does both. A product, because onnxruntime's Where takes twice the time. */
function emitJumpRelu(builder: GraphBuilder, z: string, threshold: string): string {
  const active = builder.op('Greater', [z, builder.op('Relu', [threshold])]);
  return builder.op('Mul', [z, builder.op('Cast', [active], { attributes: { to: float32 } })]);
}

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
 * Feature activations x → [B, T, F]. topk keeps exactly k per token: which ones is decided by their rank, not by
 * comparison with the k-th value, so ties cannot let more through.
 */
export function emitEncode(builder: GraphBuilder, sae: Sae, x: string): string {
  const z = emitPreActivations(builder, sae, x);
  switch (sae.architecture) {
    case 'standard':
      return builder.op('Relu', [z]);
    case 'jumprelu':
      return emitJumpRelu(builder, z, weight(builder, sae.threshold));
    case 'topk': {
      const { values, indices } = emitTopK(builder, z, sae.k);
      const zeros = builder.op('ConstantOfShape', [builder.op('Shape', [z])]);
      return builder.op('ScatterElements', [zeros, indices, builder.op('Relu', [values])], {
        attributes: { axis: -1 },
      });
    }
  }
}

/** Appends `count` zeros to the last of three axes. */
function emitPad(builder: GraphBuilder, value: string, count: number): string {
  return builder.op('Pad', [value, builder.int64s(0, 0, 0, 0, 0, count)]);
}

/**
 * The K strongest features of each token, strongest first, where K = min(limit, F); slots past the last active
 * feature have activation 0. For topk SAEs this is cheaper than {@link emitEncode} and {@link emitTopK}.
 */
export function emitTopFeatures(
  builder: GraphBuilder,
  sae: Sae,
  x: string,
  limit: number,
): TopKValues {
  const K = Math.min(limit, sae.F);
  if (sae.architecture !== 'topk') return emitTopK(builder, emitEncode(builder, sae, x), K);
  const kept = Math.min(K, sae.k);
  const { values, indices } = emitTopK(builder, emitPreActivations(builder, sae, x), kept);
  const activations = builder.op('Relu', [values]);
  if (kept === K) return { values: activations, indices };
  return {
    values: emitPad(builder, activations, K - kept),
    indices: emitPad(builder, indices, K - kept),
  };
}

/** x̂ = f · W_dec + b_dec: [B, T, F] → [B, T, D]. */
export function emitDecode(builder: GraphBuilder, sae: Sae, features: string): string {
  const product = builder.op('MatMul', [features, weight(builder, sae.W_dec)]);
  return builder.op('Add', [product, weight(builder, sae.b_dec)]);
}

/** Values that say which E features are meant; the tensors to feed come from `editedFeatureFeeds` in rows.ts. */
export type EditedFeatures =
  /** Enough where a feature's activation depends on nothing but itself. */
  | {
      /** [E, D] */
      readonly enc: string;
      /** [E] */
      readonly encBias: string;
      /** [E], jumprelu only. */
      readonly threshold?: string;
    }
  /** [E] int64 ids: whether a topk feature is active depends on all others, so all are computed. */
  | { readonly features: string };

/** Names of the graph inputs that {@link editedFeatureInputs} declares. */
export const editedFeatureNames = {
  enc: 'monosem.enc',
  encBias: 'monosem.encBias',
  threshold: 'monosem.threshold',
  features: 'monosem.features',
} as const;

/** Declares the graph inputs for E edited features, E dynamic: those that the SAE's architecture needs. */
export function editedFeatureInputs(builder: GraphBuilder, sae: Sae): EditedFeatures {
  const names = editedFeatureNames;
  if (sae.architecture === 'topk') {
    return { features: builder.input(names.features, 'int64', ['edits']) };
  }
  const enc = builder.input(names.enc, 'float32', ['edits', sae.D]);
  const encBias = builder.input(names.encBias, 'float32', ['edits']);
  if (sae.architecture === 'standard') return { enc, encBias };
  return { enc, encBias, threshold: builder.input(names.threshold, 'float32', ['edits']) };
}

/** Activations of the E edited features: x [B, T, D] → [B, T, E]. */
export function emitFeatureActivations(
  builder: GraphBuilder,
  sae: Sae,
  x: string,
  edited: EditedFeatures,
): string {
  if ('features' in edited) {
    const all = emitEncode(builder, sae, x);
    return builder.op('Gather', [all, edited.features], { attributes: { axis: -1 } });
  }
  const columns = builder.op('Transpose', [edited.enc], { attributes: { perm: [1, 0] } });
  const product = builder.op('MatMul', [emitInput(builder, sae, x), columns]);
  const z = builder.op('Add', [product, edited.encBias]);
  if (edited.threshold === undefined) return builder.op('Relu', [z]);
  return emitJumpRelu(builder, z, edited.threshold);
}
