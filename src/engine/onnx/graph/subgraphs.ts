// Graphs inside node attributes (If, Loop, Scan). They read values of the graph around them without listing them
// as node inputs; pruning and rewiring must see those reads.
import { shallowCopy } from '../proto/schema.ts';
import type { AttributeProto, GraphProto, NodeProto } from '../proto/schema.ts';

export function subgraphsOf(node: NodeProto): GraphProto[] {
  const graphs: GraphProto[] = [];
  for (const attribute of node.attribute ?? []) {
    if (attribute.g !== undefined && Object.hasOwn(attribute, 'g')) graphs.push(attribute.g);
    graphs.push(...(attribute.graphs ?? []));
  }
  return graphs;
}

/** Names a graph defines itself, subgraphs of its nodes not included. */
function definedNames(graph: GraphProto): Set<string> {
  const { input = [], initializer = [], sparseInitializer = [], node = [] } = graph;
  const sparse = sparseInitializer.map(({ values }) => values ?? {});
  const named = [...input, ...initializer, ...sparse].map(({ name }) => name ?? '');
  return new Set([...named, ...node.flatMap(({ output }) => output ?? [])]);
}

/** What nearly every node has; one set serves them all. */
const none: ReadonlySet<string> = new Set();

/** Values of surrounding graphs that a node's subgraphs read. */
export function outerReads(node: NodeProto): ReadonlySet<string> {
  const graphs = subgraphsOf(node);
  if (graphs.length === 0) return none;
  const reads = new Set<string>();
  for (const graph of graphs) {
    const own = definedNames(graph);
    const read = (name: string): void => {
      if (name !== '' && !own.has(name)) reads.add(name);
    };
    for (const inner of graph.node ?? []) {
      inner.input?.forEach(read);
      outerReads(inner).forEach(read);
    }
    for (const output of graph.output ?? []) read(output.name ?? '');
  }
  return reads;
}

/** Every name used anywhere inside a node's subgraphs; new names must avoid them. */
export function innerNames(node: NodeProto): ReadonlySet<string> {
  const graphs = subgraphsOf(node);
  if (graphs.length === 0) return none;
  const names = new Set<string>();
  for (const graph of graphs) {
    for (const name of definedNames(graph)) names.add(name);
    for (const inner of graph.node ?? []) for (const name of innerNames(inner)) names.add(name);
  }
  return names;
}

function renameInGraph(graph: GraphProto, from: string, to: string): GraphProto {
  if (definedNames(graph).has(from)) return graph;
  const copy = shallowCopy(graph);
  copy.node = (graph.node ?? []).map((node) => {
    const renamed = renameOuterRead(node, from, to);
    renamed.input = (node.input ?? []).map((name) => (name === from ? to : name));
    return renamed;
  });
  copy.output = (graph.output ?? []).map((output) =>
    output.name === from ? Object.assign(shallowCopy(output), { name: to }) : output,
  );
  return copy;
}

/** A copy of the node whose subgraphs read `to` where they read `from`. */
export function renameOuterRead(node: NodeProto, from: string, to: string): NodeProto {
  const copy = shallowCopy(node);
  copy.attribute = (node.attribute ?? []).map((attribute): AttributeProto => {
    const inner = shallowCopy(attribute);
    if (attribute.g !== undefined && Object.hasOwn(attribute, 'g')) {
      inner.g = renameInGraph(attribute.g, from, to);
    }
    if (attribute.graphs !== undefined && attribute.graphs.length > 0) {
      inner.graphs = attribute.graphs.map((graph) => renameInGraph(graph, from, to));
    }
    return inner;
  });
  return copy;
}
