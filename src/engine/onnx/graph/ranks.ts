// How many dimensions a value has: as the file declares it, else followed from the operators. `undefined` where
// neither tells.
import { intAttribute } from '../proto/attributes.ts';
import { toNumber } from '../proto/schema.ts';
import type { Graph, GraphNode } from './graph.ts';

type Rank = number | undefined;
type Rule = (ranks: Ranks, node: GraphNode) => Rank;

export class Ranks {
  readonly #graph: Graph;
  readonly #known = new Map<string, Rank>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  of(value: string): Rank {
    if (this.#known.has(value)) return this.#known.get(value);
    // A cycle can only come from a damaged file; it finds "unknown" here and ends.
    this.#known.set(value, undefined);
    const rank = this.#declared(value) ?? this.#followed(value, rankRules);
    this.#known.set(value, rank);
    return rank;
  }

  /** How many elements a 1-dimensional value has, such as a shape. */
  elements(value: string): Rank {
    const tensor = this.#graph.constant(value);
    if (tensor !== undefined)
      return tensor.dims?.length === 1 ? toNumber(tensor.dims[0]) : undefined;
    const [dim] = this.#graph.valueInfo(value)?.type?.tensorType?.shape?.dim ?? [];
    if (dim !== undefined && Object.hasOwn(dim, 'dimValue')) return toNumber(dim.dimValue);
    return this.#followed(value, elementRules);
  }

  #declared(value: string): Rank {
    const tensor = this.#graph.constant(value);
    if (tensor !== undefined) return tensor.dims?.length ?? 0;
    return this.#graph.valueInfo(value)?.type?.tensorType?.shape?.dim?.length;
  }

  #followed(value: string, rules: ReadonlyMap<string, Rule>): Rank {
    const node = this.#graph.producer(value);
    return node && rules.get(node.type)?.(this, node);
  }
}

const first: Rule = (ranks, { inputs }) => ranks.of(inputs[0] ?? '');

/** Of operators that work element by element, with broadcasting. */
const largest: Rule = (ranks, { inputs }) => {
  const all = inputs.filter((input) => input !== '').map((input) => ranks.of(input));
  return all.reduce((most, rank) => combine(most, rank, Math.max), all[0]);
};

function constantly(rank: number): Rule {
  return () => rank;
}

const byShape: Rule = (ranks, { inputs }) => ranks.elements(inputs[1] ?? '');

function rules(...groups: readonly (readonly [Rule, string])[]): ReadonlyMap<string, Rule> {
  return new Map(
    groups.flatMap(([rule, operators]) =>
      operators.split(' ').map((name) => [name, rule] as const),
    ),
  );
}

const rankRules = rules(
  [
    first,
    'MatMul MatMulInteger MatMulIntegerToFloat MatMulNBits FusedMatMul DynamicQuantizeMatMul',
  ],
  [first, 'DynamicQuantizeLinear QuantizeLinear DequantizeLinear'],
  [first, 'LayerNormalization SimplifiedLayerNormalization RMSNormalization'],
  [first, 'SkipLayerNormalization SkipSimplifiedLayerNormalization'],
  [first, 'Attention MultiHeadAttention GroupQueryAttention'],
  [first, 'Transpose Slice Split Tile Pad Clip ScatterND Dropout Trilu'],
  [largest, 'Add Sub Mul Div Pow Where Max Min Concat'],
  [largest, 'Sqrt Reciprocal Exp Neg Abs Sin Cos Cast CastLike Identity'],
  [largest, 'Tanh Erf Sigmoid Relu Gelu FastGelu BiasGelu QuickGelu Silu Swish Softmax'],
  [constantly(0), 'Size'],
  [constantly(1), 'Shape Range'],
  [constantly(2), 'Gemm Flatten'],
  [constantly(3), 'EmbedLayerNormalization'],
  [byShape, 'Reshape Expand'],
  [
    (ranks, { inputs, proto }) =>
      intAttribute(proto, 'keepdims') === 0 ? undefined : ranks.of(inputs[0] ?? ''),
    'ReduceMean ReduceSum ReduceL2',
  ],
  [
    (ranks, { inputs: [data = '', indices = ''] }) =>
      combine(ranks.of(data), ranks.of(indices), (a, b) => a + b - 1),
    'Gather',
  ],
  [
    (ranks, { inputs }) => combine(ranks.of(inputs[1] ?? ''), 1, (a, b) => a + b),
    'GatherBlockQuantized',
  ],
  [(_, node) => constantRank(node), 'Constant'],
);

const elementRules = rules(
  [
    (ranks, { inputs }) =>
      inputs.reduce<Rank>((sum, part) => combine(sum, ranks.elements(part), (a, b) => a + b), 0),
    'Concat',
  ],
  [(ranks, { inputs }) => (ranks.of(inputs[0] ?? '') === 0 ? 1 : undefined), 'Unsqueeze'],
  [
    (ranks, { inputs, proto }) =>
      (proto.attribute ?? []).length > 0 ? undefined : ranks.of(inputs[0] ?? ''),
    'Shape',
  ],
  [(ranks, { inputs }) => ranks.elements(inputs[0] ?? ''), 'Cast Identity Where Mul'],
);

function combine(a: Rank, b: Rank, how: (a: number, b: number) => number): Rank {
  return a === undefined || b === undefined ? undefined : how(a, b);
}

/** Of a Constant that holds no tensor. */
function constantRank({ proto }: GraphNode): Rank {
  const isNumber = (proto.attribute ?? []).some(({ name = '' }) =>
    /^value_(float|int)$/.test(name),
  );
  return isNumber ? 0 : undefined;
}
