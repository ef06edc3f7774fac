// Where a graph is one value wide: values that everything computed from an earlier value passes through.
import type { Graph, GraphNode } from '../graph/graph.ts';
import { isAttention } from '../graph/operators.ts';

/**
 * The values behind `value` through which every path from it leads, nearest first, as far as the next attention.
 * @param derived values computed from the tokens; others (positions, masks, shapes) are not paths
 */
export function* narrowPlaces(
  graph: Graph,
  derived: ReadonlySet<string>,
  value: string,
): Generator<string> {
  const paths = new OpenPaths(graph, derived, value);
  for (const node of graph.nodes) {
    if (!leadsOn(node, derived) || !paths.enter(node)) continue;
    // A new sub-layer has begun: no normalisation contains one.
    if (isAttention(node.type)) return;
    paths.leave(node);
    const { only } = paths;
    if (only !== undefined) yield only;
  }
}

/** Values reached so far that have consumers which have not been passed yet. */
class OpenPaths {
  readonly #graph: Graph;
  readonly #derived: ReadonlySet<string>;
  readonly #reached: Set<string>;
  /** By value: how many of its consumers are still to come. */
  readonly #left = new Map<string, number>();

  constructor(graph: Graph, derived: ReadonlySet<string>, value: string) {
    this.#graph = graph;
    this.#derived = derived;
    this.#reached = new Set([value]);
    this.#left.set(value, this.#consumers(value));
  }

  /** The value all paths pass through at this point, if it is a single one. */
  get only(): string | undefined {
    return this.#left.size === 1 ? [...this.#left.keys()][0] : undefined;
  }

  /** @returns false for a node that reads nothing reached */
  enter(node: GraphNode): boolean {
    const reads = new Set(
      [...node.inputs, ...node.outerReads].filter((name) => this.#reached.has(name)),
    );
    for (const name of reads) {
      const left = (this.#left.get(name) ?? 1) - 1;
      if (left > 0) this.#left.set(name, left);
      else this.#left.delete(name);
    }
    return reads.size > 0;
  }

  leave(node: GraphNode): void {
    for (const output of node.outputs) {
      const consumers = this.#consumers(output);
      if (output === '' || consumers === 0) continue;
      this.#reached.add(output);
      this.#left.set(output, consumers);
    }
  }

  #consumers(value: string): number {
    return this.#graph.consumers(value).filter((node) => leadsOn(node, this.#derived)).length;
  }
}

function leadsOn(node: GraphNode, derived: ReadonlySet<string>): boolean {
  return node.outputs.some((output) => derived.has(output));
}
