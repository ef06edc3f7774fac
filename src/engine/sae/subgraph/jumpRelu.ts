// The JumpReLU activation (Rajamanoharan et al. 2024, "Jumping Ahead", equation 4).
import { dataTypeNumber } from '../../onnx/proto/elementType.ts';
import type { GraphBuilder } from '../../onnx/graph/builder.ts';

/** 1[value > edge] in float32. */
export function emitAbove(builder: GraphBuilder, value: string, edge: string): string {
  const above = builder.op('Greater', [value, edge]);
  return builder.op('Cast', [above], { attributes: { to: dataTypeNumber('float32') } });
}

/** ReLU(z) · 1[z > θ]; one comparison does both. A product, because onnxruntime's Where takes twice the time. */
export function emitJumpRelu(builder: GraphBuilder, z: string, threshold: string): string {
  return builder.op('Mul', [z, emitAbove(builder, z, builder.op('Relu', [threshold]))]);
}
