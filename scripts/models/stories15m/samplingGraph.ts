// The same network as graph.ts, laid out for sampling many stories at once, all at the same position. Keys and values
// come in two parts, so that a step never copies a long cache: `settled` is only read, `recent` grows by one position.
// Keys are stored transposed, which makes the scores a plain product. The unembedding may be cut down to some tokens.
import type { AttributeValue } from '../../../src/engine/onnx/proto/attributes.ts';
import { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import { encodeModelProto } from '../../../src/engine/onnx/proto/schema.ts';
import { ropeTheta, rotate } from './attention.ts';
import type { LlamaBlock, LlamaCheckpoint, LlamaShape } from './checkpoint.ts';
import { pairsToHalves } from './layout.ts';
import {
  declareNormConstants,
  elementTypes,
  halfMatrix,
  int64Constant,
  linear,
  mlp,
  node,
  rmsNorm,
} from './modules.ts';

/** Groups of equal size that the tokens are cut into, so that drawing one reads few probabilities. */
export const groups = 128;

interface Block extends LlamaBlock, LlamaShape {
  readonly layer: string;
  readonly angles: { readonly key: Angles; readonly query: Angles };
}

interface Angles {
  readonly cos: string;
  readonly sin: string;
}

/**
 * cos and sin of position · θ^(−2i/dHead): [dHead / 2] each. Those of the query carry the scores' factor 1/√dHead:
 * onnxruntime would fuse a factor beside the product into it, and take a slower path for it.
 */
function angles(g: GraphBuilder, dHead: number): { key: Angles; query: Angles } {
  const half = dHead / 2;
  const frequencies = Float32Array.from(
    { length: half },
    (_, i) => ropeTheta ** ((-2 * i) / dHead),
  );
  const frequency = g.constant(frequencies, [half], { name: 'frequencies' });
  const scale = g.constant(Float32Array.of(1 / Math.sqrt(dHead)), [], { name: 'scale' });
  g.input('position', 'float32', []);
  const angle = node(g, 'Mul', [frequency, 'position'], { name: '/angles/Mul' });
  const cos = node(g, 'Cos', [angle], { name: '/angles/Cos' });
  const sin = node(g, 'Sin', [angle], { name: '/angles/Sin' });
  const scaled = (value: string, name: string): string =>
    node(g, 'Mul', [value, scale], { name: `/angles/${name}` });
  return { key: { cos, sin }, query: { cos: scaled(cos, 'Mul_1'), sin: scaled(sin, 'Mul_2') } };
}

/** Declares both parts of a cache and returns the recent one, grown by `fresh`. */
function grow(g: GraphBuilder, fresh: string, name: string, of: Block): string {
  const isKey = name.startsWith('key');
  const dims = (length: string): (string | number)[] =>
    isKey ? ['rows', of.heads, of.dHead, length] : ['rows', of.heads, length, of.dHead];
  g.input(`settled.${name}`, 'float32', dims('settled'));
  g.input(`recent.${name}`, 'float32', dims('recent'));
  const grown = g.op('Concat', [`recent.${name}`, fresh], {
    attributes: { axis: isKey ? 3 : 2 },
    outputs: [`grown.${name}`],
  });
  g.output(grown, grown, 'float32', dims('recent_plus_1'));
  return grown;
}

/** x [B, 1, D], normalised → [B, 1, D]. */
function attention(g: GraphBuilder, x: string, of: Block): string {
  const module = `/model/layers.${of.layer}/self_attn`;
  const { dModel, heads, dHead } = of;
  const op = (
    type: string,
    name: string,
    inputs: string[],
    attributes: Record<string, AttributeValue> = {},
  ): string => node(g, type, inputs, { name: `${module}/${name}`, attributes });
  const square = (values: Float32Array): { values: Float32Array; from: number; to: number } => ({
    values,
    from: dModel,
    to: dModel,
  });
  const asHeads = (name: string, weight: Float32Array, shape: string): string => {
    const projected = linear(g, x, `${module}/${name}_proj`, square(weight));
    return op('Reshape', `${name}/Reshape`, [projected, shape]);
  };
  const query = asHeads('q', pairsToHalves(of.query, heads, dHead), 'row_heads');
  const key = asHeads('k', pairsToHalves(of.key, heads, dHead), 'row_heads');
  const value = asHeads('v', of.value, 'row_heads');
  const turnedQuery = rotate(g, query, `${module}/q/rotary`, of.angles.query);
  const turnedKey = rotate(g, key, `${module}/k/rotary`, of.angles.key);
  const keyColumn = op('Reshape', 'k/Reshape_1', [turnedKey, 'column_heads']);
  const recentKeys = grow(g, keyColumn, `key.${of.layer}`, of);
  const recentValues = grow(g, value, `value.${of.layer}`, of);
  const scores = [
    op('MatMul', 'settled/scores', [turnedQuery, `settled.key.${of.layer}`]),
    op('MatMul', 'recent/scores', [turnedQuery, recentKeys]),
  ];
  const pattern = op('Softmax', 'Softmax', [op('Concat', 'Concat', scores, { axis: 3 })]);
  const settled = op('Slice', 'settled/Slice', [pattern, 'zero', 'settled_length', 'axis']);
  const recent = op('Slice', 'recent/Slice', [pattern, 'settled_length', 'far', 'axis']);
  const mixed = op('Add', 'Add', [
    op('MatMul', 'settled/MatMul', [settled, `settled.value.${of.layer}`]),
    op('MatMul', 'recent/MatMul', [recent, recentValues]),
  ]);
  const joined = op('Reshape', 'Reshape', [mixed, 'row_model']);
  return linear(g, joined, `${module}/o_proj`, square(of.output));
}

function declareShapes(g: GraphBuilder, { heads, dHead, dModel }: LlamaShape): void {
  int64Constant(g, 'row_heads', [0, heads, 1, dHead]);
  int64Constant(g, 'column_heads', [0, heads, dHead, 1]);
  int64Constant(g, 'row_model', [0, 1, dModel]);
  int64Constant(g, 'zero', [0]);
  int64Constant(g, 'far', [Number.MAX_SAFE_INTEGER]);
  int64Constant(g, 'axis', [3]);
  g.input('settled_length', 'int64', [1]);
}

/** softmax(x · W_U) over `tokens`, padded with impossible ones to whole groups, and its sums over groups. */
function emitProbabilities(
  g: GraphBuilder,
  x: string,
  checkpoint: LlamaCheckpoint,
  tokens: Uint32Array,
): void {
  const { embedding, shape } = checkpoint;
  const d = shape.dModel;
  const size = Math.ceil(tokens.length / groups);
  const padded = size * groups;
  const rows = new Float32Array(padded * d);
  tokens.forEach((id, row) => {
    rows.set(embedding.subarray(id * d, (id + 1) * d), row * d);
  });
  const bias = new Float32Array(padded).fill(-1e9, tokens.length);
  const weight = { values: rows, from: d, to: padded };
  const products = linear(g, x, '/lm_head', weight);
  const logits = node(g, 'Add', [products, g.constant(bias, [padded])], { name: '/lm_head/Add' });
  const soft = { attributes: { axis: -1 }, outputs: ['probabilities'] };
  node(g, 'Softmax', [logits], { name: '/Softmax', ...soft });
  const grouped = int64Constant(g, 'grouped', [0, groups, size]);
  const perGroup = node(g, 'Reshape', ['probabilities', grouped], { name: '/Reshape' });
  const reduce = { attributes: { keepdims: 0 }, outputs: ['group_sums'] };
  node(g, 'ReduceSum', [perGroup, 'last_axis'], { name: '/ReduceSum', ...reduce });
  g.output('probabilities', 'probabilities', 'float32', ['rows', 1, padded]);
  g.output('group_sums', 'group_sums', 'float32', ['rows', groups]);
}

/** @param tokens ids that may be drawn, in the order of the output columns */
export function samplingGraph(checkpoint: LlamaCheckpoint, tokens: Uint32Array): Uint8Array {
  const { shape, embedding, blocks, finalNorm } = checkpoint;
  const g = new GraphBuilder({ name: 'sampling' });
  g.input('input_ids', 'int64', ['rows', 1]);
  declareNormConstants(g);
  declareShapes(g, shape);
  const table = halfMatrix(g, 'embedding', embedding, [shape.vocabulary, shape.dModel]);
  const gathered = node(g, 'Gather', [table, 'input_ids'], { name: '/embedding' });
  const cast = { name: '/embedding/Cast', attributes: { to: elementTypes.float32 } };
  let stream = node(g, 'Cast', [gathered], cast);
  const turn = angles(g, shape.dHead);
  blocks.forEach((block, index) => {
    const of = { ...block, ...shape, layer: String(index), angles: turn };
    const module = `/model/layers.${of.layer}`;
    const normed = rmsNorm(g, stream, `${module}/input_layernorm`, block.inputNorm);
    const middle = node(g, 'Add', [stream, attention(g, normed, of)], { name: `${module}/Add` });
    const mlpInput = rmsNorm(g, middle, `${module}/post_attention_layernorm`, block.mlpNorm);
    const mlpOutput = mlp(g, mlpInput, `${module}/mlp`, of);
    stream = node(g, 'Add', [middle, mlpOutput], { name: `${module}/Add_1` });
  });
  emitProbabilities(g, rmsNorm(g, stream, '/model/norm', finalNorm), checkpoint, tokens);
  return encodeModelProto(g.build().proto);
}
