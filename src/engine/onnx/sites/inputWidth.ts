// How wide the rows are that a product with a weight matrix reads.
import type { Graph, GraphNode } from '../graph/graph.ts';
import { intAttribute } from '../proto/attributes.ts';
import { toNumber, type TensorProto } from '../proto/schema.ts';
import { isCopy } from './aliases.ts';

const reshapes: ReadonlySet<string> = new Set(['Reshape', 'Flatten']);

type Shape = readonly [rows: number, columns: number];

/** Of a matrix that the file holds. */
function storedShape({ dims = [] }: TensorProto): Shape | undefined {
  const [rows, columns] = dims.map(toNumber);
  return dims.length !== 2 || rows === undefined || columns === undefined
    ? undefined
    : [rows, columns];
}

/** Of a weight matrix, through the nodes that widen or turn it; `undefined` where they do not tell. */
function matrixShape(graph: Graph, value: string): Shape | undefined {
  const tensor = graph.constant(value);
  if (tensor !== undefined) return storedShape(tensor);
  const node = graph.producer(value);
  const shape = node === undefined ? undefined : matrixShape(graph, node.inputs[0] ?? '');
  if (node === undefined || shape === undefined) return undefined;
  if (node.type === 'Transpose') return [shape[1], shape[0]];
  return isCopy(node) && !reshapes.has(node.type) ? shape : undefined;
}

/**
 * @param product a MatMul or Gemm, in any of its quantized and fused forms
 * @param weights its input that holds the weights
 */
export function inputWidth(graph: Graph, product: GraphNode, weights: string): number | undefined {
  if (product.type === 'MatMulNBits') return intAttribute(product.proto, 'K');
  const shape = matrixShape(graph, weights);
  return shape?.[intAttribute(product.proto, 'transB') === 1 ? 1 : 0];
}
