// Where a graph is one value wide: values that everything computed from an earlier value passes through.
import type { Graph, GraphNode } from '../graph/graph.ts';

/** Behind one of these a new sub-layer has begun; a normalisation contains none. */
const beyondNorm = /Attention|^Softmax$/;

/**
 * The values behind `value` through which every path from it leads, nearest first, as far as the next attention.
 * @param derived values computed from the tokens; others (positions, masks, shapes) are not paths
 */
export function* narrowPlaces(
  graph: Graph,
  derived: ReadonlySet<string>,
  value: string,
): Generator<string> {
  /** Values reached, with the consumers that have not been passed. */
  const open = new Map([[value, pathsFrom(graph, derived, value)]]);
  const reached = new Set([value]);
  for (const node of graph.nodes) {
    const reads = [...new Set([...node.inputs, ...node.outerReads])].filter((name) =>
      reached.has(name),
    );
    if (reads.length === 0 || !leadsOn(node, derived)) continue;
    if (beyondNorm.test(node.type)) return;
    for (const name of reads) {
      const left = (open.get(name) ?? 1) - 1;
      if (left > 0) open.set(name, left);
      else open.delete(name);
    }
    for (const output of node.outputs) {
      const paths = pathsFrom(graph, derived, output);
      if (output === '' || paths === 0) continue;
      reached.add(output);
      open.set(output, paths);
    }
    const [only, ...others] = open.keys();
    if (only !== undefined && others.length === 0) yield only;
  }
}

function pathsFrom(graph: Graph, derived: ReadonlySet<string>, value: string): number {
  return graph.consumers(value).filter((node) => leadsOn(node, derived)).length;
}

function leadsOn(node: GraphNode, derived: ReadonlySet<string>): boolean {
  return node.outputs.some((output) => derived.has(output));
}
