// Weights of an SAE as values of a graph: references into their own file, nothing is copied. Half precision is widened
// and transposes are turned by nodes over constants, which onnxruntime computes once, when the session opens.
import { dataTypeNumber } from '../../onnx/proto/elementType.ts';
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import type { Sae, SaeMatrix, SaeVector, StoredMatrix } from '../sae.ts';
import { emitReduction } from '../../onnx/graph/reduction.ts';

/** The vector in float32. */
export function emitVector(builder: GraphBuilder, vector: SaeVector): string {
  if ('data' in vector) return builder.constant(vector.data, vector.dims);
  const value = builder.stored(vector);
  if (vector.type === 'float32') return value;
  return builder.op('Cast', [value], { attributes: { to: dataTypeNumber('float32') } });
}

/** The matrix as it is meant, in float32. */
export function emitMatrix(builder: GraphBuilder, { stored, isTransposed }: StoredMatrix): string {
  const value = emitVector(builder, stored);
  if (!isTransposed) return value;
  return builder.op('Transpose', [value], { attributes: { perm: [1, 0] } });
}

/** x [..., rows] · matrix → [..., columns]; x itself where the matrix is the identity. */
export function emitProduct(builder: GraphBuilder, x: string, matrix: SaeMatrix): string {
  return 'identity' in matrix ? x : builder.op('MatMul', [x, emitMatrix(builder, matrix)]);
}

/** n = ‖W_dec rows‖ [F], or a scalar that stands for it */
export function emitDecoderNorms(builder: GraphBuilder, sae: Sae): string {
  if ('identity' in sae.W_dec) return builder.scalar(1);
  const norms = emitReduction(builder, 'ReduceL2', emitMatrix(builder, sae.W_dec));
  return builder.op('Reshape', [norms, builder.int64s(sae.F)]);
}
