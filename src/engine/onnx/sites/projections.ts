// Places inside a block's two branches: what the products with weight matrices read. The last product of attention
// reads the concatenated heads (hook_z), the last one of the MLP its hidden activations (hook_post), the first ones of
// the MLP its normalised input.
import type { Constants } from '../graph/constants.ts';
import type { Graph, GraphNode } from '../graph/graph.ts';
import { isCopy, quantization, sizesOnly } from './aliases.ts';
import { inputWidth } from './inputWidth.ts';

/** A value, its width, and which of its consumers read it in this role where there are others. */
export interface ProductInput {
  readonly value: string;
  /** Of its rows, where the weights tell. */
  readonly width?: number;
  readonly readers?: readonly GraphNode[];
}

const product = /MatMul|Gemm/;
/** Input that holds the weights, where it is not the second. */
const weightInput: Readonly<Record<string, number>> = { QLinearMatMul: 3 };

function weightsOf(type: string, inputs: readonly string[]): string | undefined {
  return inputs[weightInput[type] ?? 1];
}

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
    return this.#inputOf(this.#products(branch).slice(-1));
  }

  /** What every product reads that no other product of the branch comes before. */
  first(branch: ReadonlySet<GraphNode>): ProductInput | undefined {
    return this.#inputOf(this.#firstProducts(branch));
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
      const weights = weightsOf(type, inputs);
      return product.test(type) && weights !== undefined && this.#constants.has(weights);
    });
  }

  #inOrder(branch: ReadonlySet<GraphNode>): GraphNode[] {
    const position = (node: GraphNode): number => this.#order.get(node) ?? 0;
    return [...branch].sort((a, b) => position(a) - position(b));
  }

  /** The value nearest to the products that all of them read, or copies of it. */
  #inputOf(products: readonly GraphNode[]): ProductInput | undefined {
    const [nearest, ...others] = products.map((node) => this.#readers(node));
    for (const [value, reader] of nearest ?? []) {
      const readers = [reader, ...others.map((other) => other.get(value))];
      const known = readers.filter((node) => node !== undefined);
      if (known.length < readers.length) continue;
      return { ...this.#readBy(value, new Set(known)), ...this.#widthOf(products) };
    }
    return undefined;
  }

  #widthOf([product]: readonly GraphNode[]): { readonly width?: number } {
    if (product === undefined) return {};
    const weights = weightsOf(product.type, product.inputs) ?? '';
    const width = inputWidth(this.#graph, product, weights);
    return width === undefined ? {} : { width };
  }

  /** What a product reads and what that is a copy of, nearest first, each with the node that reads it. */
  #readers(product: GraphNode): Map<string, GraphNode> {
    const readers = new Map<string, GraphNode>();
    let [value = ''] = product.inputs;
    for (let reader = product; ;) {
      const node = this.#graph.producer(value);
      if (node === undefined || !quantization.has(node.type)) readers.set(value, reader);
      const [from] = node?.inputs ?? [];
      if (node === undefined || from === undefined || !isCopy(node)) return readers;
      [value, reader] = [from, node];
    }
  }

  #readBy(value: string, readers: ReadonlySet<GraphNode>): ProductInput {
    const isReadOnlySo = this.#graph
      .consumers(value)
      .every((node) => readers.has(node) || sizesOnly.has(node.type));
    return isReadOnlySo ? { value } : { value, readers: [...readers] };
  }
}
