// Attention of one block with rotary positions and a KV cache, and the two things that all blocks share: the
// rotation's cosines and sines, and the mask.
import type { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import type { LlamaBlock, LlamaShape } from './checkpoint.ts';
import { pairsToHalves } from './layout.ts';
import { elementTypes, int64Constant, linear, node } from './modules.ts';

export const ropeTheta = 10_000;
/** Added to scores of positions that must not be seen: the exponential is exactly 0. */
const hiddenScore = -1e9;

export interface AttentionInputs {
  readonly layer: number;
  /** [B, 1, T, dHead / 2] */
  readonly cos: string;
  readonly sin: string;
  /** [B, 1, T, P + T]: 0 or a large negative number, added to the scores. */
  readonly mask: string;
}

/** Angles position · θ^(−2i/dHead), once for all blocks. */
export function rotary(g: GraphBuilder, dHead: number): { cos: string; sin: string } {
  const module = '/model/rotary_emb';
  const half = dHead / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => ropeTheta ** ((-2 * i) / dHead));
  const frequency = g.constant(frequencies, [half], { name: 'model.rotary_emb.inv_freq' });
  const positions = node(g, 'Cast', ['position_ids'], {
    name: `${module}/Cast`,
    attributes: { to: elementTypes.float32 },
  });
  const axes = int64Constant(g, 'model.rotary_emb.axes', [1, 3]);
  const columns = node(g, 'Unsqueeze', [positions, axes], { name: `${module}/Unsqueeze` });
  const angles = node(g, 'Mul', [columns, frequency], { name: `${module}/Mul` });
  return {
    cos: node(g, 'Cos', [angles], { name: `${module}/Cos` }),
    sin: node(g, 'Sin', [angles], { name: `${module}/Sin` }),
  };
}

/** Key j is visible to query i (at absolute position P + i) if j ≤ P + i and attention_mask[j] is 1. */
export function causalMask(g: GraphBuilder): string {
  const op = (type: string, name: string, inputs: string[], attributes = {}): string =>
    node(g, type, inputs, { name: `/model/mask/${name}`, attributes });
  const zero = g.constant(BigInt64Array.of(0n), [], { name: 'model.mask.zero' });
  const one = g.constant(BigInt64Array.of(1n), [], { name: 'model.mask.one' });
  const total = op('Gather', 'total', [op('Shape', 'Shape', ['attention_mask']), one]);
  const queries = op('Gather', 'queries', [op('Shape', 'Shape_1', ['input_ids']), one]);
  const past = op('Sub', 'past', [total, queries]);
  const keyPositions = op('Range', 'key_positions', [zero, total, one]);
  const queryPositions = op('Range', 'query_positions', [past, total, one]);
  const column = op('Unsqueeze', 'Unsqueeze', [queryPositions, one]);
  const causal = op('LessOrEqual', 'causal', [keyPositions, column]);
  const present = op('Cast', 'Cast', ['attention_mask'], { to: elementTypes.bool });
  const axes = int64Constant(g, 'model.mask.axes', [1, 2]);
  const visible = op('And', 'And', [op('Unsqueeze', 'Unsqueeze_1', [present, axes]), causal]);
  const seen = g.constant(Float32Array.of(0), [], { name: 'model.mask.seen' });
  const hidden = g.constant(Float32Array.of(hiddenScore), [], { name: 'model.mask.hidden' });
  return op('Where', 'Where', [visible, seen, hidden]);
}

/** x [B, H, T, dHead]: (x₁, x₂) → (x₁ cos − x₂ sin, x₂ cos + x₁ sin), x₁ and x₂ the two halves of a head. */
export function rotate(g: GraphBuilder, x: string, module: string, angles: Pick<AttentionInputs, "cos" | "sin">): string {
  const op = (type: string, name: string, inputs: string[], attributes = {}): string =>
    node(g, type, inputs, { name: `${module}/${name}`, attributes });
  const first = `${module}/Split_output_0`;
  const second = `${module}/Split_output_1`;
  node(g, 'Split', [x], {
    name: `${module}/Split`,
    attributes: { axis: 3, num_outputs: 2 },
    outputs: [first, second],
  });
  const left = op('Sub', 'Sub', [
    op('Mul', 'Mul', [first, angles.cos]),
    op('Mul', 'Mul_1', [second, angles.sin]),
  ]);
  const right = op('Add', 'Add', [
    op('Mul', 'Mul_2', [second, angles.cos]),
    op('Mul', 'Mul_3', [first, angles.sin]),
  ]);
  return op('Concat', 'Concat', [left, right], { axis: 3 });
}

/** x [B, T, D], normalised → [B, T, D]; writes present.N.key and present.N.value. */
export function attention(
  g: GraphBuilder,
  x: string,
  inputs: AttentionInputs,
  of: LlamaBlock & LlamaShape,
): string {
  const layer = String(inputs.layer);
  const module = `/model/layers.${layer}/self_attn`;
  const { dModel, heads, dHead } = of;
  const square = (values: Float32Array): { values: Float32Array; from: number; to: number } => ({
    values,
    from: dModel,
    to: dModel,
  });
  const split = int64Constant(g, `${module}/split_heads`, [0, 0, heads, dHead]);
  const join = int64Constant(g, `${module}/join_heads`, [0, 0, dModel]);
  const headsOf = (name: string, weight: Float32Array): string => {
    const projected = linear(g, x, `${module}/${name}_proj`, square(weight));
    const shaped = node(g, 'Reshape', [projected, split], { name: `${module}/${name}/Reshape` });
    return node(g, 'Transpose', [shaped], {
      name: `${module}/${name}/Transpose`,
      attributes: { perm: [0, 2, 1, 3] },
    });
  };
  const cached = (part: string, fresh: string): string =>
    node(g, 'Concat', [`past_key_values.${layer}.${part}`, fresh], {
      name: `${module}/${part}_cache/Concat`,
      attributes: { axis: 2 },
      outputs: [`present.${layer}.${part}`],
    });
  const query = rotate(g, headsOf('q', pairsToHalves(of.query, heads, dHead)), `${module}/q/rotary`, inputs);
  const freshKey = rotate(g, headsOf('k', pairsToHalves(of.key, heads, dHead)), `${module}/k/rotary`, inputs);
  const key = cached('key', freshKey);
  const value = cached('value', headsOf('v', of.value));
  const keyColumns = node(g, 'Transpose', [key], {
    name: `${module}/Transpose`,
    attributes: { perm: [0, 1, 3, 2] },
  });
  const products = node(g, 'MatMul', [query, keyColumns], { name: `${module}/MatMul` });
  const scale = g.constant(Float32Array.of(1 / Math.sqrt(dHead)), [], { name: `${module}/scale` });
  const scores = node(g, 'Mul', [products, scale], { name: `${module}/Mul` });
  const seen = node(g, 'Add', [scores, inputs.mask], { name: `${module}/Add` });
  const pattern = node(g, 'Softmax', [seen], { name: `${module}/Softmax`, attributes: { axis: -1 } });
  const mixed = node(g, 'MatMul', [pattern, value], { name: `${module}/MatMul_1` });
  const perToken = node(g, 'Transpose', [mixed], {
    name: `${module}/Transpose_1`,
    attributes: { perm: [0, 2, 1, 3] },
  });
  const joined = node(g, 'Reshape', [perToken, join], { name: `${module}/Reshape` });
  return linear(g, joined, `${module}/o_proj`, square(of.output));
}
