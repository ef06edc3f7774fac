// Attention of one block with rotary positions and a KV cache, and the two things that all blocks share: the
// rotation's cosines and sines, and the mask.
import type { LlamaBlock, LlamaShape } from './checkpoint.ts';
import type { Emitter } from './emitter.ts';
import { pairsToHalves } from './layout.ts';
import { elementTypes, linear } from './modules.ts';

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
export function rotary(g: Emitter, dHead: number): { cos: string; sin: string } {
  const module = '/model/rotary_emb';
  const half = dHead / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => ropeTheta ** ((-2 * i) / dHead));
  const frequency = g.float32('model.rotary_emb.inv_freq', frequencies, [half]);
  const positions = g.op('Cast', ['position_ids'], {
    name: `${module}/Cast`,
    attributes: { to: elementTypes.float32 },
  });
  const axes = g.int64('model.rotary_emb.axes', [1, 3]);
  const columns = g.op('Unsqueeze', [positions, axes], { name: `${module}/Unsqueeze` });
  const angles = g.op('Mul', [columns, frequency], { name: `${module}/Mul` });
  return {
    cos: g.op('Cos', [angles], { name: `${module}/Cos` }),
    sin: g.op('Sin', [angles], { name: `${module}/Sin` }),
  };
}

/** Key j is visible to query i (at absolute position P + i) if j ≤ P + i and attention_mask[j] is 1. */
export function causalMask(g: Emitter): string {
  const op = (type: string, name: string, inputs: string[], attributes = {}): string =>
    g.op(type, inputs, { name: `/model/mask/${name}`, attributes });
  const zero = g.int64('model.mask.zero', [0], []);
  const one = g.int64('model.mask.one', [1], []);
  const total = op('Gather', 'total', [op('Shape', 'Shape', ['attention_mask']), one]);
  const queries = op('Gather', 'queries', [op('Shape', 'Shape_1', ['input_ids']), one]);
  const past = op('Sub', 'past', [total, queries]);
  const keyPositions = op('Range', 'key_positions', [zero, total, one]);
  const queryPositions = op('Range', 'query_positions', [past, total, one]);
  const column = op('Unsqueeze', 'Unsqueeze', [queryPositions, one]);
  const causal = op('LessOrEqual', 'causal', [keyPositions, column]);
  const present = op('Cast', 'Cast', ['attention_mask'], { to: elementTypes.bool });
  const axes = g.int64('model.mask.axes', [1, 2]);
  const visible = op('And', 'And', [op('Unsqueeze', 'Unsqueeze_1', [present, axes]), causal]);
  const seen = g.float32('model.mask.seen', new Float32Array([0]), []);
  const hidden = g.float32('model.mask.hidden', new Float32Array([hiddenScore]), []);
  return op('Where', 'Where', [visible, seen, hidden]);
}

/** x [B, H, T, dHead]: (x₁, x₂) → (x₁ cos − x₂ sin, x₂ cos + x₁ sin), x₁ and x₂ the two halves of a head. */
function rotate(g: Emitter, x: string, module: string, angles: AttentionInputs): string {
  const op = (type: string, name: string, inputs: string[], attributes = {}): string =>
    g.op(type, inputs, { name: `${module}/${name}`, attributes });
  const first = `${module}/Split_output_0`;
  const second = `${module}/Split_output_1`;
  g.op('Split', [x], {
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
  g: Emitter,
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
  const split = g.int64(`${module}/split_heads`, [0, 0, heads, dHead]);
  const join = g.int64(`${module}/join_heads`, [0, 0, dModel]);
  const headsOf = (name: string, weight: Float32Array): string => {
    const projected = linear(g, x, `${module}/${name}_proj`, square(weight));
    const shaped = g.op('Reshape', [projected, split], { name: `${module}/${name}/Reshape` });
    return g.op('Transpose', [shaped], {
      name: `${module}/${name}/Transpose`,
      attributes: { perm: [0, 2, 1, 3] },
    });
  };
  const cached = (part: string, fresh: string): string =>
    g.op('Concat', [`past_key_values.${layer}.${part}`, fresh], {
      name: `${module}/${part}_cache/Concat`,
      attributes: { axis: 2 },
      outputs: [`present.${layer}.${part}`],
    });
  const query = rotate(g, headsOf('q', pairsToHalves(of.query, heads, dHead)), `${module}/q/rotary`, inputs);
  const freshKey = rotate(g, headsOf('k', pairsToHalves(of.key, heads, dHead)), `${module}/k/rotary`, inputs);
  const key = cached('key', freshKey);
  const value = cached('value', headsOf('v', of.value));
  const keyColumns = g.op('Transpose', [key], {
    name: `${module}/Transpose`,
    attributes: { perm: [0, 1, 3, 2] },
  });
  const products = g.op('MatMul', [query, keyColumns], { name: `${module}/MatMul` });
  const scale = g.float32(`${module}/scale`, new Float32Array([1 / Math.sqrt(dHead)]), []);
  const scores = g.op('Mul', [products, scale], { name: `${module}/Mul` });
  const seen = g.op('Add', [scores, inputs.mask], { name: `${module}/Add` });
  const pattern = g.op('Softmax', [seen], { name: `${module}/Softmax`, attributes: { axis: -1 } });
  const mixed = g.op('MatMul', [pattern, value], { name: `${module}/MatMul_1` });
  const perToken = g.op('Transpose', [mixed], {
    name: `${module}/Transpose_1`,
    attributes: { perm: [0, 2, 1, 3] },
  });
  const joined = g.op('Reshape', [perToken, join], { name: `${module}/Reshape` });
  return linear(g, joined, `${module}/o_proj`, square(of.output));
}
