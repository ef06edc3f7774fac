// Which values of a graph do not depend on any input: weights, and what is computed from weights alone, such as a
// dequantized or transposed table.
import type { Graph } from './graph.ts';

export class Constants {
  readonly #graph: Graph;
  readonly #known = new Map<string, boolean>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  has(value: string): boolean {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    this.#known.set(value, false);
    const isConstant = this.#isConstant(value);
    this.#known.set(value, isConstant);
    return isConstant;
  }

  #isConstant(value: string): boolean {
    if (this.#graph.initializers.has(value)) return true;
    const node = this.#graph.producer(value);
    if (node === undefined || node.outerReads.size > 0) return false;
    return node.inputs.every((input) => input === '' || this.has(input));
  }
}
