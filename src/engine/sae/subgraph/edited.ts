// Activations of the E edited features alone. Where a feature's activation depends on nothing but itself, its columns
// are inputs of the graph and the rest is not computed; where features compete, all are. Entries of the site itself
// are picked out of it.
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import type { Sae, SaeVector } from '../sae.ts';
import { emitEncode } from './encode.ts';
import { emitGated } from './gated.ts';
import { emitInput } from './input.ts';
import { emitJumpRelu } from './jumpRelu.ts';

/**
 * Names of the graph inputs; which of them a graph has depends on the SAE.
 * @param n which of the SAEs in the graph
 */
export function editedFeatureNames(n: number): {
  /** [E, D] */
  readonly enc: string;
  /** [E] each */
  readonly vectors: Readonly<Record<VectorName, string>>;
  /** [E] int64 ids, where they are picked out of all */
  readonly features: string;
} {
  const name = (what: string): string => `monosem.${n}.${what}`;
  return {
    enc: name('enc'),
    vectors: {
      b_enc: name('b_enc'),
      threshold: name('threshold'),
      b_gate: name('b_gate'),
      r_mag: name('r_mag'),
      b_mag: name('b_mag'),
    },
    features: name('features'),
  };
}

/** Name of the axis of the edited features; each SAE has its own number of them. */
export function editsAxis(n: number): string {
  return `edits_${n}`;
}

type VectorName = 'b_enc' | 'threshold' | 'b_gate' | 'r_mag' | 'b_mag';

/**
 * Are the edited ones picked out of all activations: because an activation depends on other features than its own, or
 * because encoding costs nothing?
 */
export function picksEdited({ activation, W_enc }: Sae): boolean {
  return activation.kind === 'topk' || activation.kind === 'groupmax' || 'identity' in W_enc;
}

/** The vectors, one entry per feature, that an activation depends on. */
export function activationVectors({
  activation,
  b_enc,
}: Sae): Partial<Record<VectorName, SaeVector>> {
  const { kind, ...vectors } = activation;
  const bias = b_enc === undefined ? {} : { b_enc };
  return kind === 'jumprelu' || kind === 'gated' ? { ...bias, ...vectors } : bias;
}

/**
 * Activations x [B, T, D] → [B, T, E] of the edited features. Declares the inputs that say which ones they are, E
 * dynamic; the tensors to feed come from `editedFeatureFeeds` in rows.ts.
 * @param n which of the SAEs in the graph
 */
export function emitEditedFeatures(builder: GraphBuilder, sae: Sae, x: string, n: number): string {
  const names = editedFeatureNames(n);
  const axis = editsAxis(n);
  if (picksEdited(sae)) {
    const features = builder.input(names.features, 'int64', [axis]);
    const all = emitEncode(builder, sae, x);
    return builder.op('Gather', [all, features], { attributes: { axis: -1 } });
  }
  const enc = builder.input(names.enc, 'float32', [axis, sae.D]);
  const columns = builder.op('Transpose', [enc], { attributes: { perm: [1, 0] } });
  const product = builder.op('MatMul', [emitInput(builder, sae, x), columns]);
  const vector = (name: VectorName): string =>
    builder.input(names.vectors[name], 'float32', [axis]);
  const z = sae.b_enc === undefined ? product : builder.op('Add', [product, vector('b_enc')]);
  switch (sae.activation.kind) {
    case 'jumprelu':
      return emitJumpRelu(builder, z, vector('threshold'));
    case 'gated':
      return emitGated(builder, z, {
        b_gate: vector('b_gate'),
        r_mag: vector('r_mag'),
        b_mag: vector('b_mag'),
      });
    case 'identity':
      return z;
    default:
      return builder.op('Relu', [z]);
  }
}
