// Follows the residual stream of a decoder through its graph, from the embedded tokens through every Add whose one
// operand is the stream itself and whose other operand was computed from it. Names in the file play no part.
import type { Constants } from '../graph/constants.ts';
import type { Graph, GraphNode } from '../graph/graph.ts';
import { aliases, sizesOnly } from './aliases.ts';
import type { TokenEmbedding } from './embedding.ts';
import { narrowPlaces } from './narrowPlaces.ts';

/** One addition to the residual stream. */
export interface Link {
  /** Add, SkipLayerNormalization or SkipSimplifiedLayerNormalization. */
  readonly node: GraphNode;
  /** Operand that is added to the stream. */
  readonly branch: string;
  /** The sum. For a fused node that does not give out its sum this name does not exist yet. */
  readonly value: string;
  readonly isFused: boolean;
  /** Bias a fused node adds together with the branch. */
  readonly bias?: string;
  /** What the next addition adds to, where the sum is normalised first: decoders with post-norm. */
  readonly normed?: string;
}

export interface ResidualStream {
  /** The stream before the first block: embeddings, scaled, normalised, positions added. */
  readonly start: string;
  /** Token embeddings, scaled, before positions are added. */
  readonly embedded: string;
  readonly links: readonly Link[];
  /** Everything computed from the embedded tokens, shapes not counted. */
  readonly derived: ReadonlySet<string>;
}

/** More than one way to continue the stream. */
export class AmbiguousStream extends Error {
  readonly value: string;
  readonly nodes: readonly GraphNode[];

  constructor(value: string, nodes: readonly GraphNode[]) {
    super('ambiguous residual stream');
    this.value = value;
    this.nodes = nodes;
  }
}

/** Index of the sum among the outputs of a fused node. */
const fusedSumOutput = 3;
/** Index of the optional bias among the inputs of a fused node. */
const fusedBiasInput: Readonly<Record<string, number>> = {
  SkipLayerNormalization: 4,
  SkipSimplifiedLayerNormalization: 3,
};

export function followResidual(
  graph: Graph,
  constants: Constants,
  embedding: TokenEmbedding,
): ResidualStream {
  return new Follower(graph, constants, embedding).follow();
}

class Follower {
  readonly #graph: Graph;
  readonly #constants: Constants;
  readonly #tokenEmbedding: string;
  readonly #derived: ReadonlySet<string>;

  constructor(graph: Graph, constants: Constants, { value, outputs }: TokenEmbedding) {
    this.#graph = graph;
    this.#constants = constants;
    this.#tokenEmbedding = value;
    this.#derived = derivedValues(graph, outputs);
  }

  follow(): ResidualStream {
    const { start, embedded } = this.#begin();
    const links: Link[] = [];
    for (let next = this.#next(start); next !== undefined;) {
      const after = this.#next(next.value);
      const later = after === undefined ? this.#normed(next) : undefined;
      links.push(later === undefined ? next : { ...next, normed: later });
      next = after ?? (later === undefined ? undefined : this.#next(later));
    }
    return { start, embedded, links: this.#withLastNorm(links), derived: this.#derived };
  }

  /** From the looked-up tokens to what the first block reads. */
  #begin(): { start: string; embedded: string } {
    let embedded = this.#tokenEmbedding;
    let start = embedded;
    while (this.#next(start) === undefined) {
      const positions = this.#additions(start).find(({ branch }) => !this.#derived.has(branch));
      const scaled = positions === undefined ? this.#scaled(start) : undefined;
      if (scaled !== undefined && start === embedded) embedded = scaled;
      const after = positions?.value ?? scaled ?? this.#pastNorm(start);
      if (after === undefined) break;
      start = after;
    }
    return { start, embedded };
  }

  /** The value times a constant, if that is what becomes of it. */
  #scaled(value: string): string | undefined {
    for (const alias of aliases(this.#graph, value)) {
      for (const { type, inputs, outputs } of this.#graph.consumers(alias)) {
        const other = inputs.find((name) => name !== alias);
        const isScaling = type === 'Mul' || type === 'Div';
        if (isScaling && other !== undefined && this.#constants.has(other)) return outputs[0];
      }
    }
    return undefined;
  }

  /**
   * What a normalisation makes of a value that is nowhere added to: the next place where the whole graph passes
   * through one value to which something is added.
   */
  #pastNorm(value: string): string | undefined {
    for (const place of narrowPlaces(this.#graph, this.#derived, value)) {
      if (this.#additions(place).length > 0) return place;
    }
    return undefined;
  }

  #normed({ node, isFused, value }: Link): string | undefined {
    const [normed = ''] = node.outputs;
    if (isFused && this.#additions(normed).length > 0) return normed;
    return this.#pastNorm(value);
  }

  /** A stream that is normalised after each addition is so after the last one, too, in as many steps. */
  #withLastNorm(links: Link[]): Link[] {
    const last = links.pop();
    // The same addition of the block before; in a decoder of one block, the other addition.
    const before = links.at(-2) ?? links.at(-1);
    if (last === undefined) return links;
    if (before?.normed === undefined) return [...links, last];
    const steps = [...narrowPlaces(this.#graph, this.#derived, before.value)];
    const count = steps.indexOf(before.normed);
    const normed = [...narrowPlaces(this.#graph, this.#derived, last.value)][count];
    return [...links, normed === undefined ? last : { ...last, normed }];
  }

  #next(value: string): Link | undefined {
    const own = this.#additions(value).filter(({ branch }) => this.#derived.has(branch));
    if (own.length <= 1) return own[0];
    throw new AmbiguousStream(
      value,
      own.map(({ node }) => node),
    );
  }

  #additions(value: string): Link[] {
    const same = aliases(this.#graph, value);
    const links = new Map<GraphNode, Link>();
    for (const alias of same) {
      for (const node of this.#graph.consumers(alias)) {
        const link = this.#addition(node, same);
        if (link !== undefined) links.set(node, link);
      }
    }
    return [...links.values()];
  }

  #addition(node: GraphNode, same: ReadonlySet<string>): Link | undefined {
    const isFused = fusedBiasInput[node.type] !== undefined;
    if (node.type !== 'Add' && !isFused) return undefined;
    const operands = node.inputs.slice(0, 2);
    const branch = operands.find((name) => !same.has(name));
    if (branch === undefined || operands.every((name) => !same.has(name))) return undefined;
    if (this.#constants.has(branch)) return undefined;
    return isFused
      ? fusedLink(this.#graph, node, branch)
      : { node, branch, value: node.outputs[0] ?? '', isFused };
  }
}

function fusedLink(graph: Graph, node: GraphNode, branch: string): Link {
  const bias = fusedBias(node);
  const sum = node.outputs[fusedSumOutput] ?? '';
  return {
    node,
    branch,
    value: sum === '' ? graph.uniqueName(`${node.outputs[0] ?? node.type}/sum`) : sum,
    isFused: true,
    ...(bias === undefined ? {} : { bias }),
  };
}

/** The bias a fused node adds to its sum, if it has one. */
export function fusedBias(node: GraphNode): string | undefined {
  const bias = node.inputs[fusedBiasInput[node.type] ?? Infinity];
  return bias === '' ? undefined : bias;
}

export function removeFusedBias(graph: Graph, node: GraphNode): void {
  if (fusedBias(node) !== undefined)
    graph.setInput(node, fusedBiasInput[node.type] ?? Infinity, '');
}

function derivedValues(graph: Graph, from: readonly string[]): Set<string> {
  const derived = new Set(from);
  for (const value of derived) {
    for (const node of graph.consumers(value)) {
      if (sizesOnly.has(node.type)) continue;
      for (const output of node.outputs) if (output !== '') derived.add(output);
    }
  }
  return derived;
}
