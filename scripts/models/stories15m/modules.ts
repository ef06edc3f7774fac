// The pieces every Llama graph repeats: named nodes, stored weights, the bias-free projection, RMSNorm and SwiGLU.
// Matrices are stored in float16 and cast to float32 in the graph (onnxruntime folds the casts when it opens the
// file); norm weights, 15 KB in all, are stored in float32.
import { narrowToHalf } from '../../../src/engine/math/half.ts';
import type { AttributeValue } from '../../../src/engine/onnx/proto/attributes.ts';
import type { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import type { LlamaBlock, LlamaShape } from './checkpoint.ts';
import { transpose } from './layout.ts';

export const normEpsilon = 1e-5;
/** Values of ONNX `TensorProto.DataType`, for Cast. */
export const elementTypes = { float32: 1, bool: 9 };

export interface Naming {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Without it: one output, named as PyTorch's exporter names it. */
  readonly outputs?: readonly string[];
}

/** Adds a node and returns its first output. */
export function node(
  g: GraphBuilder,
  type: string,
  inputs: readonly string[],
  naming: Naming,
): string {
  return g.op(type, inputs, { outputs: [`${naming.name}_output_0`], ...naming });
}

/** `/model/layers.0/mlp` → `model.layers.0.mlp.weight`. */
function weightName(module: string): string {
  return `${module.slice(1).replaceAll('/', '.')}.weight`;
}

/** A matrix in float16, rounded to nearest, ties to even. */
export function halfMatrix(
  g: GraphBuilder,
  name: string,
  values: Float32Array,
  dims: readonly number[],
): string {
  return g.constant(narrowToHalf(values), dims, { name, type: 'float16' });
}

export function int64Constant(g: GraphBuilder, name: string, values: readonly number[]): string {
  return g.constant(BigInt64Array.from(values, BigInt), [values.length], { name });
}

/** A projection without bias: x [B, T, from] → [B, T, to]. `values` is [to, from]. */
export function linear(
  g: GraphBuilder,
  x: string,
  module: string,
  weight: { readonly values: Float32Array; readonly from: number; readonly to: number },
): string {
  const { values, from, to } = weight;
  const stored = halfMatrix(g, weightName(module), transpose(values, to, from), [from, to]);
  const attributes = { to: elementTypes.float32 };
  const wide = node(g, 'Cast', [stored], { name: `${module}/Cast`, attributes });
  return node(g, 'MatMul', [x, wide], { name: `${module}/MatMul` });
}

/** The scalars that `rmsNorm` uses; once per graph. */
export function declareNormConstants(g: GraphBuilder): void {
  g.constant(Float32Array.of(2), [], { name: 'two' });
  g.constant(Float32Array.of(normEpsilon), [], { name: 'norm_epsilon' });
  int64Constant(g, 'last_axis', [-1]);
}

/** RMSNorm: x / √(mean(x²) + ε) ⊙ w, over the last axis. */
export function rmsNorm(g: GraphBuilder, x: string, module: string, weight: Float32Array): string {
  const op = (type: string, inputs: string[], attributes = {}): string =>
    node(g, type, inputs, { name: `${module}/${type}`, attributes });
  const scale = g.constant(weight, [weight.length], { name: weightName(module) });
  const square = op('Pow', [x, 'two']);
  const mean = op('ReduceMean', [square, 'last_axis'], { keepdims: 1 });
  const root = op('Sqrt', [op('Add', [mean, 'norm_epsilon'])]);
  return op('Mul', [op('Div', [x, root]), scale]);
}

/** SwiGLU: (SiLU(x · W_gate) ⊙ (x · W_up)) · W_down. */
export function mlp(
  g: GraphBuilder,
  x: string,
  module: string,
  of: LlamaBlock & LlamaShape,
): string {
  const { dModel, dMlp } = of;
  const gate = linear(g, x, `${module}/gate_proj`, { values: of.gate, from: dModel, to: dMlp });
  const up = linear(g, x, `${module}/up_proj`, { values: of.up, from: dModel, to: dMlp });
  const sigmoid = node(g, 'Sigmoid', [gate], { name: `${module}/act_fn/Sigmoid` });
  const active = node(g, 'Mul', [gate, sigmoid], { name: `${module}/act_fn/Mul` });
  const product = node(g, 'Mul', [active, up], { name: `${module}/Mul` });
  return linear(g, product, `${module}/down_proj`, { values: of.down, from: dMlp, to: dModel });
}
