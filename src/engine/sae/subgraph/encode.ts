// The encoder as ONNX nodes. All values are float32, x is [B, T, D], features are [B, T, F]. The formulas are in
// sae.ts; ../encode.ts computes the same in TypeScript.
import { elementCount } from '../../../shared/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import type { Sae, SaeActivation } from '../sae.ts';
import { emitGated, emitGatedMagnitude, type GatedVectors } from './gated.ts';
import { emitGroupMax } from './groupMax.ts';
import { emitInput } from './input.ts';
import { emitJumpRelu } from './jumpRelu.ts';
import { emitKeepTopK, emitTopK, type TopKValues } from './topK.ts';
import { emitDecoderNorms, emitProduct, emitVector } from './weights.ts';

/** z = (x̃ · W_enc + b_enc) ⊙ n → [B, T, F]. */
function emitPreActivations(builder: GraphBuilder, sae: Sae, x: string): string {
  const input = emitInput(builder, sae, x);
  let z = emitProduct(builder, input, sae.W_enc);
  if (sae.b_enc !== undefined) z = builder.op('Add', [z, emitVector(builder, sae.b_enc)]);
  return sae.rescaleByDecoderNorm ? builder.op('Mul', [z, emitDecoderNorms(builder, sae)]) : z;
}

/** Feature activations x → [B, T, F]. */
export function emitEncode(builder: GraphBuilder, sae: Sae, x: string): string {
  const z = emitPreActivations(builder, sae, x);
  const { activation } = sae;
  switch (activation.kind) {
    case 'identity':
      return z;
    case 'relu':
      return builder.op('Relu', [z]);
    case 'jumprelu':
      return emitJumpRelu(builder, z, emitVector(builder, activation.threshold));
    case 'topk':
      return emitKeepTopK(builder, z, activation.k);
    case 'groupmax':
      return emitGroupMax(builder, z, activation.k);
    case 'gated':
      return emitGated(builder, z, gatedVectors(builder, activation));
  }
}

function gatedVectors(
  builder: GraphBuilder,
  { b_gate, r_mag, b_mag }: Extract<SaeActivation, { kind: 'gated' }>,
): GatedVectors {
  return {
    b_gate: emitVector(builder, b_gate),
    r_mag: emitVector(builder, r_mag),
    b_mag: emitVector(builder, b_mag),
  };
}

/** What ranks features [B, T, F] as their activations do, and what turns the values ranked first into activations. */
interface Ranking {
  readonly key: string;
  readonly activate: (values: string) => string;
}

/**
 * The part of the activation function that keeps the order of what is active is left for the few values that are
 * ranked first: each operation over all features is a pass over memory.
 */
function emitRanking(builder: GraphBuilder, sae: Sae, x: string): Ranking {
  const rectify = (values: string): string => builder.op('Relu', [values]);
  const { activation } = sae;
  switch (activation.kind) {
    case 'relu':
    case 'topk':
    // What is not above 0 is not active.
    case 'identity':
      return { key: emitPreActivations(builder, sae, x), activate: rectify };
    case 'gated': {
      const p = emitPreActivations(builder, sae, x);
      const vectors = gatedVectors(builder, activation);
      return { key: emitGatedMagnitude(builder, p, vectors), activate: rectify };
    }
    case 'jumprelu': {
      const { threshold } = activation;
      if (elementCount(threshold.dims) > 1) break;
      const edge = emitVector(builder, threshold);
      const activate = (values: string): string => emitJumpRelu(builder, values, edge);
      return { key: emitPreActivations(builder, sae, x), activate };
    }
    case 'groupmax':
  }
  return { key: emitEncode(builder, sae, x), activate: (values) => values };
}

/** Appends `count` zeros to the last of three axes. */
function emitPad(builder: GraphBuilder, value: string, count: number): string {
  return builder.op('Pad', [value, builder.int64s(0, 0, 0, 0, 0, count)]);
}

/**
 * The K strongest features of each token, strongest first, where K = min(limit, F); slots past the last active
 * feature have activation 0. Cheaper than {@link emitEncode} and {@link emitTopK}.
 */
export function emitTopFeatures(
  builder: GraphBuilder,
  sae: Sae,
  x: string,
  limit: number,
): TopKValues {
  return emitTopOf(builder, sae, emitRanking(builder, sae, x), limit);
}

/**
 * The strongest features as {@link emitTopFeatures} gives them, and beside them the activations of E chosen ones, however
 * weak they are: [B, T, E], 0 where they are not active, which is what a value below 0 means. Both are picked out of the
 * same values, so that a chosen feature among the strongest has one activation, bit for bit.
 * @param features [E] int64 ids, each below F
 */
export function emitTopAndFollowed(
  builder: GraphBuilder,
  sae: Sae,
  x: string,
  { limit, features }: { readonly limit: number; readonly features: string },
): { readonly top: TopKValues; readonly followed: string } {
  const ranking = emitRanking(builder, sae, x);
  const { activation } = sae;
  // The one kind whose features compete behind the values that rank them.
  const candidates =
    activation.kind === 'topk' ? emitKeepTopK(builder, ranking.key, activation.k) : ranking.key;
  const picked = builder.op('Gather', [candidates, features], { attributes: { axis: -1 } });
  return {
    top: emitTopOf(builder, sae, ranking, limit),
    followed: ranking.activate(picked),
  };
}

function emitTopOf(
  builder: GraphBuilder,
  sae: Sae,
  { key, activate }: Ranking,
  limit: number,
): TopKValues {
  const K = Math.min(limit, sae.F);
  const kept = sae.activation.kind === 'topk' ? Math.min(K, sae.activation.k) : K;
  const { values, indices } = emitTopK(builder, key, kept);
  const activations = activate(values);
  if (kept === K) return { values: activations, indices };
  return {
    values: emitPad(builder, activations, K - kept),
    indices: emitPad(builder, indices, K - kept),
  };
}
