// Values that are the same tensor in another form: precision, or tokens and rows in one dimension.
import type { Graph, GraphNode } from '../graph/graph.ts';

/** Operators whose result tells sizes, not content. */
export const sizesOnly: ReadonlySet<string> = new Set(['Shape', 'Size']);
/** Between a float and the integers that stand for it. */
export const quantization: ReadonlySet<string> = new Set([
  'DynamicQuantizeLinear',
  'QuantizeLinear',
  'DequantizeLinear',
]);
const copies = new Set(['Cast', 'Identity', 'Dropout', 'Reshape', 'Flatten']);

/** Whether the node's first output is its first input in another form. */
export function isCopy({ type }: GraphNode): boolean {
  return copies.has(type) || quantization.has(type);
}

/** The value and everything that is copied from it, quantization aside. */
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
