// Runs a small graph around an SAE once, and compares what comes out.
import { expect } from 'vitest';
import { packModel } from '../../../src/engine/onnx/externalData/externalData.ts';
import { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import { openSession, type OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';

/**
 * @param x the graph's input `x` [B, T, D]
 * @param emit the values to put out, by name
 */
export async function runGraph(
  x: Tensor,
  emit: (builder: GraphBuilder) => Readonly<Record<string, string>>,
  { feeds = {}, opset = 18 }: { readonly feeds?: OnnxTensors; readonly opset?: number } = {},
): Promise<Readonly<Record<string, Tensor>>> {
  const builder = new GraphBuilder({ opset });
  builder.input('x', 'float32', ['batch', 'tokens', x.dims.at(-1) ?? 0]);
  for (const [name, value] of Object.entries(emit(builder))) builder.output(name, value);
  const session = await openSession(packModel(builder.build()));
  const outputs = await session.run({ x: { type: 'float32' as const, ...x }, ...feeds });
  session.dispose();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dims, data }]) => [
      name,
      { dims, data: Float32Array.from(data as Iterable<number | bigint>, Number) },
    ]),
  );
}

export function get(tensors: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`no output ${name}`);
  return tensor;
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i += 1) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
