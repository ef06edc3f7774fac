// Places inside a block's two branches: what the products with weight matrices read. The last product of attention
// reads the concatenated heads (hook_z), the last one of the MLP its hidden activations (hook_post), the first ones of
// the MLP its normalised input.
import type { Constants } from '../graph/constants.ts';
import type { Graph, GraphNode } from '../graph/graph.ts';
import { original, sizesOnly } from './aliases.ts';

/** A value, and which of its consumers read it in this role where there are others. */
export interface ProductInput {
  readonly value: string;
  readonly readers?: readonly GraphNode[];
}

const product = /MatMul|Gemm/;
/** Input that holds the weights, where it is not the second. */
const weightInput: Readonly<Record<string, number>> = { QLinearMatMul: 3 };
const quantization = new Set(['DynamicQuantizeLinear', 'QuantizeLinear', 'DequantizeLinear']);

export class Projections {
  readonly #graph: Graph;
  readonly #constants: Constants;
  /** Position in the file, where producers come before consumers. */
  readonly #order: ReadonlyMap<GraphNode, number>;

  constructor(graph: Graph, constants: Constants) {
    this.#graph = graph;
    this.#constants = constants;
    this.#order = new Map([...graph.nodes].map((node, i) => [node, i]));
  }

  /** What the last product of a branch reads, past quantization. */
  last(branch: ReadonlySet<GraphNode>): ProductInput | undefined {
    const last = this.#products(branch).at(-1);
    if (last === undefined) return undefined;
    let [value = ''] = last.inputs;
    let reader = last;
    for (;;) {
      const node = this.#graph.producer(value);
      const [from] = node?.inputs ?? [];
      if (node === undefined || from === undefined || !quantization.has(node.type)) break;
      [value, reader] = [from, node];
    }
    return this.#inputOf(value, new Set([reader]));
  }

  /** What every product reads that no other product of the branch comes before. */
  first(branch: ReadonlySet<GraphNode>): ProductInput | undefined {
    const inputs = new Map<string, Set<GraphNode>>();
    for (const node of this.#firstProducts(branch)) {
      const { value, copiedBy } = original(this.#graph, node.inputs[0] ?? '');
      const readers = inputs.get(value) ?? new Set();
      inputs.set(value, readers.add(copiedBy.at(-1) ?? node));
    }
    const [only, ...others] = inputs;
    return only === undefined || others.length > 0 ? undefined : this.#inputOf(...only);
  }

  #firstProducts(branch: ReadonlySet<GraphNode>): GraphNode[] {
    const products = new Set(this.#products(branch));
    const behindProduct = new Set<string>();
    return this.#inOrder(branch).filter((node) => {
      const isBehind = [...node.inputs, ...node.outerReads].some((name) => behindProduct.has(name));
      const isProduct = products.has(node);
      if (isBehind || isProduct) for (const output of node.outputs) behindProduct.add(output);
      return isProduct && !isBehind;
    });
  }

  #products(branch: ReadonlySet<GraphNode>): GraphNode[] {
    return this.#inOrder(branch).filter(({ type, inputs }) => {
      const weights = inputs[weightInput[type] ?? 1];
      return product.test(type) && weights !== undefined && this.#constants.has(weights);
    });
  }

  #inOrder(branch: ReadonlySet<GraphNode>): GraphNode[] {
    const position = (node: GraphNode): number => this.#order.get(node) ?? 0;
    return [...branch].sort((a, b) => position(a) - position(b));
  }

  #inputOf(value: string, readers: ReadonlySet<GraphNode>): ProductInput {
    const isRead = this.#graph
      .consumers(value)
      .every((node) => readers.has(node) || sizesOnly.has(node.type));
    return isRead ? { value } : { value, readers: [...readers] };
  }
}
