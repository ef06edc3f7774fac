// Whether a graph gives its attention a direction in time. A decoder that reads several tokens shows it in one of few
// ways: an operator that is causal itself, a triangle, a stored mask, or a comparison of positions with positions.
// Encoders with relative positions compare them with fixed numbers only.
import type { Graph } from '../graph/graph.ts';
import { isAttention } from '../graph/operators.ts';
import { subgraphsOf } from '../graph/subgraphs.ts';
import { findAttribute, intAttribute } from '../proto/attributes.ts';
import { toNumber, type GraphProto, type NodeProto, type TensorProto } from '../proto/schema.ts';

/** All nodes, those of subgraphs included. */
export function nodesOf(graph: GraphProto = {}): NodeProto[] {
  const nodes = [...(graph.node ?? [])];
  // Grows while it is read: what is appended is looked into as well.
  for (const node of nodes) {
    for (const inner of subgraphsOf(node)) nodes.push(...(inner.node ?? []));
  }
  return nodes;
}

export function hasAttention(nodes: readonly NodeProto[]): boolean {
  return nodes.some(({ opType = '' }) => isAttention(opType));
}

const causalOperator =
  /^(Trilu|GroupQueryAttention|PagedAttention|SparseAttention|Decoder.*Attention)$/;
const comparison = new Set(['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']);
/** What reads a stored mask; a square matrix of weights is read by none of them. */
const maskReader = new Set(['Slice', 'Where', 'Add', 'And', 'Not', 'Cast', 'Equal', 'GatherND']);

/** What makes the attention causal, in a few words; `undefined` for a graph in which nothing does. */
export function findCausalSign(graph: Graph, nodes: readonly NodeProto[]): string | undefined {
  const causal = nodes.find((node) => isCausal(graph, node));
  if (causal !== undefined) return `the node ${causal.name ?? causal.opType ?? ''}`;
  const mask = [...graph.initializers.values()].find((tensor) => isStoredMask(graph, tensor));
  return mask === undefined ? undefined : `the mask ${mask.name ?? ''}`;
}

function isCausal(graph: Graph, node: NodeProto): boolean {
  const { opType = '', input = [] } = node;
  if (causalOperator.test(opType)) return true;
  if (intAttribute(node, 'unidirectional') === 1 || intAttribute(node, 'is_causal') === 1)
    return true;
  if (opType === 'Constant') {
    const tensor = findAttribute(node, 'value')?.t;
    return tensor !== undefined && isStoredMask(graph, { ...tensor, name: node.output?.[0] ?? '' });
  }
  return comparison.has(opType) && !input.some((operand) => isOneNumber(graph, operand));
}

const passing = new Set(['Cast', 'CastLike', 'Identity']);

/** A constant with a single element, as it is or cast. */
function isOneNumber(graph: Graph, value: string): boolean {
  const tensor = graph.initializers.get(value);
  if (tensor !== undefined) return isSingle(tensor);
  const node = graph.producer(value);
  if (node?.type === 'Constant') return isSingle(findAttribute(node.proto, 'value')?.t);
  return node !== undefined && passing.has(node.type) && isOneNumber(graph, node.inputs[0] ?? '');
}

/** A Constant without a tensor holds a plain number. */
function isSingle(tensor: TensorProto | undefined): boolean {
  return tensor === undefined || sizes(tensor).every((size) => size === 1);
}

function sizes(tensor: TensorProto): number[] {
  return (tensor.dims ?? []).map(toNumber);
}

/** [N, N] or [1, 1, N, N], read as a mask is. */
function isStoredMask(graph: Graph, tensor: TensorProto): boolean {
  const dims = sizes(tensor);
  const [rows = 0, columns] = dims.slice(-2);
  if (rows < 2 || rows !== columns || dims.slice(0, -2).some((size) => size !== 1)) return false;
  return graph.consumers(tensor.name ?? '').some(({ type }) => maskReader.has(type));
}
