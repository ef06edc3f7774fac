// Cuts the residual stream into transformer blocks: two additions where attention and MLP follow each other, one or
// two where they run in parallel. What an addition adds is told by what it was computed from: attention contains a
// softmax, a fused attention operator or a cached key.
import type { Graph, GraphNode } from '../graph/graph.ts';
import { isAttention } from '../graph/operators.ts';
import { aliases } from './aliases.ts';
import type { Link, ResidualStream } from './residual.ts';

export interface Branch {
  /** What is added to the stream [B, T, D]. */
  readonly value: string;
  /** Bias the fused node adds to it. */
  readonly bias?: string;
  /** What computes it from the stream. */
  readonly nodes: ReadonlySet<GraphNode>;
}

/** A value of the residual stream. */
export interface StreamValue {
  readonly value: string;
  /** Fused node that computes it as a sum inside itself. */
  readonly fusedNode?: GraphNode;
}

export interface Block {
  readonly before: StreamValue;
  /** Between attention and MLP; absent where they run in parallel. */
  readonly middle?: StreamValue;
  readonly after: StreamValue;
  readonly attention: Branch;
  readonly mlp: Branch;
}

/** What a branch was computed from, back to the stream. */
interface Sources {
  /** Positions in the stream it reads: 0 is the start, i the value after link i. */
  readonly reads: ReadonlySet<number>;
  readonly hasAttention: boolean;
  readonly nodes: ReadonlySet<GraphNode>;
}

export class BlockFinder {
  readonly #graph: Graph;
  readonly #stream: ResidualStream;
  /** Which position of the stream a value is. */
  readonly #positions = new Map<string, number>();

  constructor(graph: Graph, stream: ResidualStream) {
    this.#graph = graph;
    this.#stream = stream;
    for (const alias of aliases(graph, stream.start)) this.#positions.set(alias, 0);
    for (const [i, link] of stream.links.entries()) {
      for (const output of link.node.outputs) this.#positions.set(output, i + 1);
      for (const value of [link.value, link.normed ?? link.value]) {
        for (const alias of aliases(graph, value)) this.#positions.set(alias, i + 1);
      }
    }
  }

  /** The blocks, or the index of the link at which the stream stops looking like blocks. */
  find(): { readonly blocks: Block[]; readonly stoppedAt?: number } {
    const { links } = this.#stream;
    const blocks: Block[] = [];
    for (let i = 0; i < links.length;) {
      const block = this.#parallel(i) ?? this.#pair(i);
      if (block === undefined) return { blocks, stoppedAt: i };
      blocks.push(block.block);
      i += block.links;
    }
    return { blocks };
  }

  /** One addition of an inner sum attention + MLP. */
  #parallel(i: number): { block: Block; links: number } | undefined {
    const link = this.#stream.links[i];
    if (link === undefined) return undefined;
    const inner = this.#graph.producer(link.branch);
    if (inner?.type !== 'Add') return undefined;
    const [first = '', second = ''] = inner.inputs;
    if (!this.#stream.derived.has(first) || !this.#stream.derived.has(second)) return undefined;
    const branches = [first, second].map((value) => ({ value, ...this.#sources(value) }));
    const attention = branches.find(({ hasAttention }) => hasAttention);
    const mlp = branches.find(({ hasAttention }) => !hasAttention);
    if (attention === undefined || mlp === undefined) return undefined;
    const block: Block = {
      before: this.#value(i),
      after: this.#value(i + 1),
      attention: { value: attention.value, nodes: attention.nodes },
      mlp: { value: mlp.value, nodes: mlp.nodes },
    };
    return { block, links: 1 };
  }

  /** Two additions: attention then MLP, or both from the same input in either order. */
  #pair(i: number): { block: Block; links: number } | undefined {
    const [first, second] = this.#stream.links.slice(i, i + 2);
    if (first === undefined || second === undefined) return undefined;
    const [a, b] = [this.#sources(first.branch), this.#sources(second.branch)];
    if (a.hasAttention === b.hasAttention) return undefined;
    const isSequential = b.reads.has(i + 1);
    if (isSequential && !a.hasAttention) return undefined;
    const branches = [branchOf(first, a), branchOf(second, b)] as const;
    const [attention, mlp] = a.hasAttention ? branches : [branches[1], branches[0]];
    const block: Block = {
      before: this.#value(i),
      ...(isSequential ? { middle: this.#value(i + 1) } : {}),
      after: this.#value(i + 2),
      attention,
      mlp,
    };
    return { block, links: 2 };
  }

  #value(position: number): StreamValue {
    const link = this.#stream.links[position - 1];
    if (link === undefined) return { value: this.#stream.start };
    if (link.normed !== undefined) return { value: link.normed };
    return { value: link.value, ...(link.isFused ? { fusedNode: link.node } : {}) };
  }

  #sources(branch: string): Sources {
    const reads = new Set<number>();
    const seen = new Set<GraphNode>();
    let hasAttention = false;
    const open = [branch];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const position = this.#positions.get(value);
      if (position !== undefined) {
        reads.add(position);
        continue;
      }
      const node = this.#graph.producer(value);
      if (node === undefined || seen.has(node) || !this.#stream.derived.has(value)) continue;
      seen.add(node);
      if (isAttention(node.type)) hasAttention = true;
      open.push(...node.inputs, ...node.outerReads);
    }
    return { reads, hasAttention, nodes: seen };
  }
}

function branchOf({ branch, bias }: Link, { nodes }: Sources): Branch {
  return { value: branch, nodes, ...(bias === undefined ? {} : { bias }) };
}
