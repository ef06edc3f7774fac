// Follows the residual stream of a decoder through its graph, from the embedded tokens through every Add whose one
// operand is the stream itself and whose other operand was computed from it. Names in the file play no part.
import type { Graph, GraphNode } from '../graph/graph.ts';

/** One addition to the residual stream. */
export interface Link {
  /** Add, SkipLayerNormalization or SkipSimplifiedLayerNormalization. */
  readonly node: GraphNode;
  /** Operand that is added to the stream. */
  readonly branch: string;
  /** The stream after it. For a fused node that does not give out its sum this name does not exist yet. */
  readonly value: string;
  readonly isFused: boolean;
  /** Bias a fused node adds together with the branch. */
  readonly bias?: string;
}

export interface ResidualStream {
  /** The stream before the first block: embeddings, scaled, positions added. */
  readonly start: string;
  /** Token embeddings, scaled, before positions are added. */
  readonly embedded: string;
  readonly links: readonly Link[];
  /** Everything computed from the embedded tokens, shapes not counted. */
  readonly derived: ReadonlySet<string>;
}

/** More than one way to continue the stream. */
export class AmbiguousStream extends Error {
  readonly value: string;
  readonly nodes: readonly GraphNode[];

  constructor(value: string, nodes: readonly GraphNode[]) {
    super('ambiguous residual stream');
    this.value = value;
    this.nodes = nodes;
  }
}

/** Index of the sum among the outputs of a fused node. */
const fusedSumOutput = 3;
/** Index of the optional bias among the inputs of a fused node. */
const fusedBiasInput: Readonly<Record<string, number>> = {
  SkipLayerNormalization: 4,
  SkipSimplifiedLayerNormalization: 3,
};
const transparent = new Set(['Cast', 'Identity', 'Dropout']);
/** Operators whose result tells sizes, not content. */
const sizesOnly = new Set(['Shape', 'Size']);

export function followResidual(graph: Graph, tokenEmbedding: string): ResidualStream {
  const derived = derivedValues(graph, tokenEmbedding);
  const links: Link[] = [];
  let embedded = tokenEmbedding;
  let start = tokenEmbedding;
  let value = tokenEmbedding;
  for (;;) {
    const additions = findAdditions(graph, value);
    const own = additions.filter(({ branch }) => derived.has(branch));
    if (own.length > 1)
      throw new AmbiguousStream(
        value,
        own.map(({ node }) => node),
      );
    const [next] = own;
    if (next !== undefined) {
      links.push(next);
      value = next.value;
      continue;
    }
    if (links.length > 0) break;
    const before = beforeFirstBlock(graph, value, additions);
    if (before === undefined) break;
    if (before.isScaling && start === embedded) embedded = before.value;
    start = value = before.value;
  }
  return { start, embedded, links, derived };
}

/** Scaling of the embeddings, or an addition that does not depend on the tokens: positions. */
function beforeFirstBlock(
  graph: Graph,
  value: string,
  additions: readonly Link[],
): { value: string; isScaling: boolean } | undefined {
  const [addition] = additions;
  if (addition !== undefined) return { value: addition.value, isScaling: false };
  for (const alias of aliases(graph, value)) {
    for (const node of graph.consumers(alias)) {
      const [output] = node.outputs;
      if (node.type !== 'Mul' && node.type !== 'Div') continue;
      const other = node.inputs.find((name) => name !== alias);
      if (output !== undefined && other !== undefined && isConstant(graph, other)) {
        return { value: output, isScaling: true };
      }
    }
  }
  return undefined;
}

function isConstant(graph: Graph, value: string): boolean {
  if (graph.initializers.has(value)) return true;
  const node = graph.producer(value);
  if (node === undefined) return false;
  return (
    node.type === 'Constant' || (node.type === 'Cast' && isConstant(graph, node.inputs[0] ?? ''))
  );
}

/** The value and its copies in other precisions. */
export function aliases(graph: Graph, value: string): Set<string> {
  const found = new Set([value]);
  for (const name of found) {
    for (const node of graph.consumers(name)) {
      const [output] = node.outputs;
      if (transparent.has(node.type) && output !== undefined) found.add(output);
    }
  }
  return found;
}

function findAdditions(graph: Graph, value: string): Link[] {
  const same = aliases(graph, value);
  const links = new Map<GraphNode, Link>();
  for (const alias of same) {
    for (const node of graph.consumers(alias)) {
      const link = additionOf(graph, node, same);
      if (link !== undefined) links.set(node, link);
    }
  }
  return [...links.values()];
}

function additionOf(graph: Graph, node: GraphNode, same: ReadonlySet<string>): Link | undefined {
  const isFused = fusedBiasInput[node.type] !== undefined;
  if (node.type !== 'Add' && !isFused) return undefined;
  const operands = node.inputs.slice(0, 2);
  const branch = operands.find((name) => !same.has(name));
  if (branch === undefined || operands.every((name) => !same.has(name))) return undefined;
  if (isConstant(graph, branch)) return undefined;
  return isFused
    ? fusedLink(graph, node, branch)
    : { node, branch, value: node.outputs[0] ?? '', isFused };
}

function fusedLink(graph: Graph, node: GraphNode, branch: string): Link {
  const bias = fusedBias(node);
  const sum = node.outputs[fusedSumOutput] ?? '';
  return {
    node,
    branch,
    value: sum === '' ? graph.uniqueName(`${node.outputs[0] ?? node.type}/sum`) : sum,
    isFused: true,
    ...(bias === undefined ? {} : { bias }),
  };
}

/** The bias a fused node adds to its sum, if it has one. */
export function fusedBias(node: GraphNode): string | undefined {
  const bias = node.inputs[fusedBiasInput[node.type] ?? Infinity];
  return bias === '' ? undefined : bias;
}

export function removeFusedBias(graph: Graph, node: GraphNode): void {
  if (fusedBias(node) !== undefined)
    graph.setInput(node, fusedBiasInput[node.type] ?? Infinity, '');
}

function derivedValues(graph: Graph, from: string): Set<string> {
  const derived = new Set([from]);
  for (const value of derived) {
    for (const node of graph.consumers(value)) {
      if (sizesOnly.has(node.type)) continue;
      for (const output of node.outputs) if (output !== '') derived.add(output);
    }
  }
  return derived;
}
