// The encoder as ONNX nodes. All values are float32, x is [B, T, D], features are [B, T, F]. The formulas are in
// sae.ts; ../encode.ts computes the same in TypeScript.
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import type { Sae } from '../sae.ts';
import { emitGated } from './gated.ts';
import { emitGroupMax } from './groupMax.ts';
import { emitInput } from './input.ts';
import { emitJumpRelu } from './jumpRelu.ts';
import { emitKeepTopK, emitTopK, type TopKValues } from './topK.ts';
import { emitDecoderNorms, emitMatrix, emitVector } from './weights.ts';

/** z = (x̃ · W_enc + b_enc) ⊙ n → [B, T, F]. */
function emitPreActivations(builder: GraphBuilder, sae: Sae, x: string): string {
  const input = emitInput(builder, sae, x);
  let z = builder.op('MatMul', [input, emitMatrix(builder, sae.W_enc)]);
  if (sae.b_enc !== undefined) z = builder.op('Add', [z, emitVector(builder, sae.b_enc)]);
  return sae.rescaleByDecoderNorm ? builder.op('Mul', [z, emitDecoderNorms(builder, sae)]) : z;
}

/** Feature activations x → [B, T, F]. */
export function emitEncode(builder: GraphBuilder, sae: Sae, x: string): string {
  const z = emitPreActivations(builder, sae, x);
  const { activation } = sae;
  switch (activation.kind) {
    case 'relu':
      return builder.op('Relu', [z]);
    case 'jumprelu':
      return emitJumpRelu(builder, z, emitVector(builder, activation.threshold));
    case 'topk':
      return emitKeepTopK(builder, z, activation.k);
    case 'groupmax':
      return emitGroupMax(builder, z, activation.k);
    case 'gated':
      return emitGated(builder, z, {
        b_gate: emitVector(builder, activation.b_gate),
        r_mag: emitVector(builder, activation.r_mag),
        b_mag: emitVector(builder, activation.b_mag),
      });
  }
}

/** Appends `count` zeros to the last of three axes. */
function emitPad(builder: GraphBuilder, value: string, count: number): string {
  return builder.op('Pad', [value, builder.int64s(0, 0, 0, 0, 0, count)]);
}

/**
 * The K strongest features of each token, strongest first, where K = min(limit, F); slots past the last active
 * feature have activation 0. Where rank decides or ReLU is all there is, the ranking is done before the activation
 * function: that is cheaper than {@link emitEncode} and {@link emitTopK}.
 */
export function emitTopFeatures(
  builder: GraphBuilder,
  sae: Sae,
  x: string,
  limit: number,
): TopKValues {
  const K = Math.min(limit, sae.F);
  const { activation } = sae;
  if (activation.kind !== 'topk' && activation.kind !== 'relu') {
    return emitTopK(builder, emitEncode(builder, sae, x), K);
  }
  const kept = activation.kind === 'topk' ? Math.min(K, activation.k) : K;
  const { values, indices } = emitTopK(builder, emitPreActivations(builder, sae, x), kept);
  const activations = builder.op('Relu', [values]);
  if (kept === K) return { values: activations, indices };
  return {
    values: emitPad(builder, activations, K - kept),
    indices: emitPad(builder, indices, K - kept),
  };
}
