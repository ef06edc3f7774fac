// Gives the places found in a graph their TransformerLens names, and says for each what reading and editing it takes.
import type { Constants } from '../graph/constants.ts';
import type { Graph, GraphNode } from '../graph/graph.ts';
import { Ranks } from '../graph/ranks.ts';
import type { ValueTypes } from '../graph/valueTypes.ts';
import type { ElementType } from '../proto/elementType.ts';
import type { Block } from './blocks.ts';
import { Projections, type ProductInput } from './projections.ts';
import type { ResidualStream } from './residual.ts';

/** A place in a decoder: a value [B, T, D], or [B, T, width] inside a block. */
export interface Site {
  /** TransformerLens name, e.g. `blocks.2.hook_resid_post`. */
  readonly name: string;
  readonly value: string;
  readonly elementType: ElementType;
  /** Of its rows, for places inside a block whose weights tell; elsewhere it is that of the stream. */
  readonly width?: number;
  /** Blocks that must run, at least in part, to compute it. */
  readonly blocks: number;
  /** The graph keeps it in another form, such as [B · T, D]. */
  readonly isReshaped?: true;
  /** First output of the fused node that computes the value as a sum inside itself. */
  readonly fusedNode?: string;
  /** Bias that the fused node reading this branch adds to it; the site includes it. */
  readonly bias?: string;
  /** First outputs of the nodes that read the value at this site, where others read it for another purpose. */
  readonly readers?: readonly string[];
}

/** A value of the graph and what is special about it. */
interface Place {
  readonly value: string;
  readonly width?: number;
  readonly fusedNode?: GraphNode;
  readonly bias?: string;
  readonly readers?: readonly GraphNode[];
}

/** In the order in which the model computes them. */
export class SiteTable {
  readonly sites = new Map<string, Site>();
  readonly #types: ValueTypes;
  readonly #ranks: Ranks;
  readonly #projections: Projections;
  readonly #streamType: ElementType;

  constructor(graph: Graph, constants: Constants, types: ValueTypes, stream: ResidualStream) {
    this.#types = types;
    this.#ranks = new Ranks(graph);
    this.#projections = new Projections(graph, constants);
    this.#streamType = types.of(stream.start) ?? 'float32';
  }

  /** The token embeddings, scaled, before positions are added. */
  addEmbedding(value: string): void {
    this.#add('hook_embed', 0, { value });
  }

  addBlock(i: number, { before, attention, middle, mlp, after }: Block): void {
    const add = (hook: string, place: Place | ProductInput | undefined): void => {
      if (place !== undefined) this.#add(`blocks.${i}.${hook}`, i + 1, place);
    };
    this.#add(`blocks.${i}.hook_resid_pre`, i, before);
    add('attn.hook_z', this.#projections.last(attention.nodes));
    add('hook_attn_out', attention);
    add('hook_resid_mid', middle);
    add('ln2.hook_normalized', this.#projections.first(mlp.nodes));
    add('mlp.hook_post', this.#projections.last(mlp.nodes));
    add('hook_mlp_out', mlp);
    add('hook_resid_post', after);
  }

  #add(name: string, blocks: number, { value, width, fusedNode, bias, readers }: Place): void {
    this.sites.set(name, {
      name,
      value,
      elementType: this.#types.of(value) ?? this.#streamType,
      ...(width === undefined ? {} : { width }),
      blocks,
      ...(this.#ranks.of(value) === 3 || fusedNode !== undefined ? {} : { isReshaped: true }),
      ...(fusedNode === undefined ? {} : { fusedNode: firstOutput(fusedNode) }),
      ...(bias === undefined ? {} : { bias }),
      ...(readers === undefined ? {} : { readers: readers.map(firstOutput) }),
    });
  }
}

function firstOutput({ outputs }: GraphNode): string {
  return outputs.find((name) => name !== '') ?? '';
}
