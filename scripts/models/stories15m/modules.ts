// The two modules a Llama decoder repeats: the bias-free projection and RMSNorm. Matrices are stored in float16,
// norm weights (15 KB in all) in float32.
import type { Emitter } from './emitter.ts';
import { transpose } from './layout.ts';

export const normEpsilon = 1e-5;
/** Values of ONNX `TensorProto.DataType`, for Cast. */
export const elementTypes = { float32: 1, bool: 9 };

/** `/model/layers.0/mlp` → `model.layers.0.mlp.weight`. */
function weightName(module: string): string {
  return `${module.slice(1).replaceAll('/', '.')}.weight`;
}

/** A projection without bias: x [B, T, from] → [B, T, to]. `weight` is [to, from]. */
export function linear(
  g: Emitter,
  x: string,
  module: string,
  weight: { readonly values: Float32Array; readonly from: number; readonly to: number },
): string {
  const { values, from, to } = weight;
  const stored = g.float16(weightName(module), transpose(values, to, from), [from, to]);
  const wide = g.op('Cast', [stored], { name: `${module}/Cast`, attributes: { to: elementTypes.float32 } });
  return g.op('MatMul', [x, wide], { name: `${module}/MatMul` });
}

/** RMSNorm: x / √(mean(x²) + ε) ⊙ w, over the last axis. */
export function rmsNorm(g: Emitter, x: string, module: string, weight: Float32Array): string {
  const op = (type: string, inputs: string[], attributes = {}): string =>
    g.op(type, inputs, { name: `${module}/${type}`, attributes });
  const scale = g.float32(weightName(module), weight, [weight.length]);
  const square = op('Pow', [x, 'two']);
  const mean = op('ReduceMean', [square, 'last_axis'], { keepdims: 1 });
  const root = op('Sqrt', [op('Add', [mean, 'norm_epsilon'])]);
  const normed = op('Div', [x, root]);
  return g.op('Mul', [normed, scale], { name: `${module}/Mul` });
}

