// Values that are the same tensor in another precision or with tokens and rows in one dimension.
import type { Graph, GraphNode } from '../graph/graph.ts';

/** Operators whose result tells sizes, not content. */
export const sizesOnly: ReadonlySet<string> = new Set(['Shape', 'Size']);
const copies = new Set(['Cast', 'Identity', 'Dropout', 'Reshape', 'Flatten']);
const quantization = new Set(['DynamicQuantizeLinear', 'QuantizeLinear', 'DequantizeLinear']);

/** The value and everything that is copied from it. */
export function aliases(graph: Graph, value: string): Set<string> {
  const found = new Set([value]);
  for (const name of found) {
    for (const node of graph.consumers(name)) {
      const [output] = node.outputs;
      if (copies.has(node.type) && node.inputs[0] === name && output !== undefined) {
        found.add(output);
      }
    }
  }
  return found;
}

/** What a value is a copy of, and the nodes that copied it, quantization and its reversal included. */
export function original(graph: Graph, value: string): { value: string; copiedBy: GraphNode[] } {
  const copiedBy: GraphNode[] = [];
  let at = value;
  for (;;) {
    const node = graph.producer(at);
    const [from] = node?.inputs ?? [];
    const isCopy = node !== undefined && (copies.has(node.type) || quantization.has(node.type));
    if (!isCopy || from === undefined || from === '') return { value: at, copiedBy };
    copiedBy.push(node);
    at = from;
  }
}
