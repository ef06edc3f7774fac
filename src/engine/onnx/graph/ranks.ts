// How many dimensions a value has: as the file declares it, else followed from the operators. `undefined` where
// neither tells.
import { findAttribute, intAttribute } from '../proto/attributes.ts';
import { toNumber } from '../proto/schema.ts';
import type { Graph, GraphNode } from './graph.ts';

/** Inputs of an operator, by whose largest rank its output's is known: all, unless listed. */
const rankInput: Readonly<Record<string, number>> = {
  MatMul: 0,
  MatMulInteger: 0,
  MatMulIntegerToFloat: 0,
  MatMulNBits: 0,
  FusedMatMul: 0,
  DynamicQuantizeMatMul: 0,
  DynamicQuantizeLinear: 0,
  QuantizeLinear: 0,
  DequantizeLinear: 0,
  Transpose: 0,
  Slice: 0,
  Split: 0,
  Tile: 0,
  Pad: 0,
  LayerNormalization: 0,
  SimplifiedLayerNormalization: 0,
  SkipLayerNormalization: 0,
  SkipSimplifiedLayerNormalization: 0,
  RMSNormalization: 0,
  MultiHeadAttention: 0,
  GroupQueryAttention: 0,
  Clip: 0,
  ScatterND: 0,
  Dropout: 0,
};

/** Operators that work element by element, with broadcasting. */
const elementwise =
  /^(Add|Sub|Mul|Div|Pow|Sqrt|Tanh|Erf|Exp|Neg|Abs|Sigmoid|Relu|Gelu|FastGelu|BiasGelu|QuickGelu|Where|Cast|Identity|Softmax|Concat|Reciprocal|Sin|Cos|Max|Min|Silu|Swish)$/;

export class Ranks {
  readonly #graph: Graph;
  readonly #known = new Map<string, number | undefined>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  of(value: string): number | undefined {
    if (this.#known.has(value)) return this.#known.get(value);
    // A cycle can only come from a damaged file; it finds "unknown" here and ends.
    this.#known.set(value, undefined);
    const rank = this.#declared(value) ?? this.#produced(this.#graph.producer(value));
    this.#known.set(value, rank);
    return rank;
  }

  #declared(value: string): number | undefined {
    const tensor = this.#graph.initializers.get(value);
    if (tensor !== undefined) return tensor.dims?.length ?? 0;
    const dims = this.#graph.valueInfo(value)?.type?.tensorType?.shape?.dim;
    return dims?.length;
  }

  #produced(node: GraphNode | undefined): number | undefined {
    if (node === undefined) return undefined;
    const input = rankInput[node.type];
    if (input !== undefined) return this.of(node.inputs[input] ?? '');
    if (elementwise.test(node.type)) return this.#largest(node.inputs);
    switch (node.type) {
      case 'Gemm':
      case 'Flatten':
        return 2;
      case 'Shape':
      case 'Range':
        return 1;
      case 'Size':
        return 0;
      case 'ReduceMean':
      case 'ReduceSum':
      case 'ReduceL2':
        return intAttribute(node.proto, 'keepdims') === 0
          ? undefined
          : this.of(node.inputs[0] ?? '');
      case 'Reshape':
        return this.#elements(node.inputs[1] ?? '');
      case 'Expand':
        return this.#elements(node.inputs[1] ?? '');
      case 'Gather':
        return plus(this.of(node.inputs[0] ?? ''), this.of(node.inputs[1] ?? ''), -1);
      case 'GatherBlockQuantized':
        return plus(this.of(node.inputs[1] ?? ''), 1, 0);
      case 'Constant':
        return constantRank(node);
      default:
        return undefined;
    }
  }

  #largest(values: readonly string[]): number | undefined {
    let largest: number | undefined;
    for (const value of values) {
      if (value === '') continue;
      const rank = this.of(value);
      if (rank === undefined) return undefined;
      largest = Math.max(largest ?? 0, rank);
    }
    return largest;
  }

  /** Elements of a 1-dimensional value, such as a shape. */
  #elements(value: string): number | undefined {
    const tensor =
      this.#graph.initializers.get(value) ??
      findAttribute(this.#graph.producer(value)?.proto ?? {}, 'value')?.t;
    if (tensor?.dims !== undefined)
      return tensor.dims.length === 1 ? toNumber(tensor.dims[0]) : undefined;
    const [dim] = this.#graph.valueInfo(value)?.type?.tensorType?.shape?.dim ?? [];
    if (dim !== undefined && Object.hasOwn(dim, 'dimValue')) return toNumber(dim.dimValue);
    const node = this.#graph.producer(value);
    switch (node?.type) {
      case 'Concat':
        return node.inputs.reduce<number | undefined>(
          (sum, part) => plus(sum, this.#elements(part), 0),
          0,
        );
      case 'Unsqueeze':
        return this.of(node.inputs[0] ?? '') === 0 ? 1 : undefined;
      case 'Shape':
        return node.proto.attribute?.length ? undefined : this.of(node.inputs[0] ?? '');
      case 'Cast':
      case 'Identity':
      case 'Where':
      case 'Mul':
        return this.#elements(node.inputs[0] ?? '');
      default:
        return undefined;
    }
  }
}

function constantRank({ proto }: GraphNode): number | undefined {
  const tensor = findAttribute(proto, 'value')?.t;
  if (tensor) return tensor.dims?.length ?? 0;
  return (findAttribute(proto, 'value_float') ?? findAttribute(proto, 'value_int')) ? 0 : undefined;
}

function plus(a: number | undefined, b: number | undefined, c: number): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b + c;
}
