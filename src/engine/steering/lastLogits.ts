// The logits behind the last position only. Exports compute them for every position of a run; over a prompt that is a
// large part of the work, and nobody reads it.
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import type { GraphNode } from '../onnx/graph/graph.ts';
import type { Overlay } from '../onnx/overlay.ts';

/**
 * Positions that reach the unembedding. Two, because onnxruntime multiplies a single row with another kernel than
 * several: with two, the logits stay bit for bit those of the whole product.
 */
const keptPositions = 2;

/** The node behind a value, through casts and copies. */
function sourceOf({ graph }: GraphBuilder, value: string): GraphNode | undefined {
  let node = graph.producer(value);
  while (node?.type === 'Cast' || node?.type === 'Identity') {
    const [input = ''] = node.inputs;
    node = graph.producer(input);
  }
  return node;
}

/** The matrix product that makes the logits and nothing else: a stream [B, T, D] times a constant. */
function unembedding(builder: GraphBuilder, logits: string): GraphNode | undefined {
  const node = sourceOf(builder, logits);
  if (node?.type !== 'MatMul') return undefined;
  const { graph } = builder;
  const [stream = ''] = node.inputs;
  const [product = ''] = node.outputs;
  return graph.producer(stream) !== undefined && graph.consumers(product).length <= 1
    ? node
    : undefined;
}

/** The last `count` positions of a value [B, T, …]. */
function lastPositions(builder: GraphBuilder, value: string, count: number): string {
  const end = builder.int64s(Number.MAX_SAFE_INTEGER);
  return builder.op('Slice', [value, builder.int64s(-count), end, builder.int64s(1)]);
}

/**
 * Logits [B, 1, V] float32 of the last position. Where the graph ends in the usual product, the model's own logits
 * are no longer computed for the others.
 */
export function emitLastLogits(overlay: Overlay): string {
  const { builder, sites } = overlay;
  const product = unembedding(builder, sites.logits ?? '');
  const stream = product?.inputs[0];
  if (product !== undefined && stream !== undefined) {
    builder.graph.replaceInput(product, stream, lastPositions(builder, stream, keptPositions));
  }
  return lastPositions(builder, overlay.readLogits(), 1);
}
