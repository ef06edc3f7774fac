// Instruments a decoder without touching its file: reads and edits the residual stream at named sites, keeps the
// outputs that are wanted, and drops everything they do not need. The model's weights stay where they are.
//
// What a site's value is when several are read and edited: `read(site)` gives the value as the model computes it,
// with the edits at earlier sites in it and without those at this very site. It makes no difference whether `read`
// is called before or after `replace`. Edits at one place (`blocks.0.hook_resid_post` is `blocks.1.hook_resid_pre`)
// follow each other in the order of the calls. Only the model's own nodes see an edit; nodes added through
// `builder` keep what they asked for.
import { MonosemError } from '../../shared/errors.ts';
import { GraphBuilder } from './graph/builder.ts';
import { dataTypeNumber, type ElementType } from './proto/elementType.ts';
import { packModel, type PackedModel } from './externalData/externalData.ts';
import type { GraphNode } from './graph/graph.ts';
import type { OnnxModel } from './proto/model.ts';
import { fusedBias, removeFusedBias } from './sites/residual.ts';
import type { ValueInfoProto } from './proto/schema.ts';
import type { Site, Sites } from './sites/sites.ts';
import { ValueTypes } from './graph/valueTypes.ts';

export class Overlay {
  readonly builder: GraphBuilder;
  readonly sites: Sites;
  readonly #modelNodes: Set<GraphNode>;
  readonly #modelOutputs: ReadonlyMap<string, ValueInfoProto>;
  readonly #types: ValueTypes;
  /** By value of the graph: what the model's nodes read in its place. */
  readonly #edited = new Map<string, string>();
  /** By fused node: stream plus branch, the same with its bias, and that with the edits at it in float32. */
  readonly #fusedAdds = new Map<string, string>();
  readonly #fusedSums = new Map<string, string>();
  readonly #editedSum = new Map<string, string>();
  /** By name of a site that shares its value with others: its own copy of the value. */
  readonly #copies = new Map<string, string>();
  /** By value of the graph: its float32 form. */
  readonly #float32 = new Map<string, string>();

  /** @param model never changed; any number of overlays may share it */
  constructor(model: OnnxModel, sites: Sites) {
    this.builder = new GraphBuilder({ model });
    this.sites = sites;
    const { graph } = this.builder;
    this.#types = new ValueTypes(graph);
    this.#modelNodes = new Set(graph.nodes);
    this.#modelOutputs = new Map(graph.outputs);
    for (const name of this.#modelOutputs.keys()) graph.removeOutput(name);
  }

  /** The site's value [B, T, D] in float32, before any edit at this site. */
  read(name: string): string {
    const site = this.#site(name);
    const x = this.#asFloat32(this.#unedited(site), site.elementType);
    return site.isReshaped === true ? this.#byToken(x) : x;
  }

  /**
   * Lets the rest of the model see `edit(x)` in place of the site's value.
   * @param edit x [B, T, D] float32 → [B, T, D] float32
   */
  replace(name: string, edit: (x: string) => string): void {
    const site = this.#site(name);
    if (site.isReshaped === true)
      this.#replaceIn(site, (x) => this.#likeBefore(edit(this.#byToken(x)), x));
    else this.#replaceIn(site, edit);
  }

  /**
   * Lets the rest of the model read `x` [B, T, D] float32 in place of the site's value, which nothing then needs: what
   * comes before the site falls away. For places of the residual stream.
   */
  startFrom(name: string, x: string): void {
    const site = this.#site(name);
    const stream = this.#fromFloat32(x, site.elementType);
    if (site.fusedNode !== undefined) {
      const { graph } = this.builder;
      const node = this.#producer(site.fusedNode);
      graph.setInput(node, 0, stream);
      graph.setInput(node, 1, this.#fromFloat32(this.#zerosLike(x), site.elementType));
      removeFusedBias(graph, node);
      return;
    }
    const rows = { attributes: { axis: 2 } };
    const shaped = site.isReshaped === true ? this.builder.op('Flatten', [stream], rows) : stream;
    this.#rewire(this.#valueOf(site), shaped);
  }

  #replaceIn(site: Site, edit: (x: string) => string): void {
    if (site.fusedNode !== undefined) this.#replaceFusedSum(site, site.fusedNode, edit);
    else if (site.bias !== undefined) this.#replaceBiased(site, site.bias, edit);
    else {
      const value = this.#valueOf(site);
      const x = this.#asFloat32(this.#current(value), site.elementType);
      this.#rewire(value, this.#fromFloat32(edit(x), site.elementType));
    }
  }

  /** Keeps an output of the model under its own name, as it is: `logits`, `present.0.key`. */
  keepOutput(name: string): void {
    const output = this.#modelOutputs.get(name);
    if (output === undefined) {
      const known = [...this.#modelOutputs.keys()].join(', ');
      throw new MonosemError('badArgument', `The model has no output ${name}; it has ${known}.`);
    }
    this.builder.graph.addOutput(output);
  }

  /** Keeps the KV cache of the layers that run before the last of some sites, or of all layers. */
  keepCache(upTo?: readonly string[]): void {
    const blocks = upTo?.map((name) => this.#site(name).blocks);
    const layers = blocks === undefined ? this.sites.layers : Math.max(0, ...blocks);
    for (const { layer, output } of this.sites.inputs.past) {
      if (layer < layers) this.keepOutput(output);
    }
  }

  /** The logits [B, T, V] in float32. */
  readLogits(): string {
    const { logits } = this.sites;
    if (logits !== undefined) return this.#asFloat32(logits, this.#types.of(logits) ?? 'float32');
    throw new MonosemError(
      'unsupportedModel',
      'The model has no logits output, so it cannot predict tokens; export it with its language-model head.',
    );
  }

  /** The model so far with only what its outputs need. May be called again after more changes. */
  build(): PackedModel {
    const model = this.builder.build();
    const unkept = this.#unkeptCaches(model);
    for (const name of unkept) this.keepOutput(name);
    return packModel(unkept.length > 0 ? this.builder.build() : model);
  }

  /**
   * Caches that fused attention writes and nobody asked for. Where they are no outputs, onnxruntime 1.30 gives them the
   * memory of the past ones, which is too small.
   */
  #unkeptCaches({ proto }: OnnxModel): string[] {
    const outputs = this.builder.graph.outputs;
    return (proto.graph?.node ?? [])
      .filter(({ opType }) => opType === 'GroupQueryAttention')
      .flatMap(({ output = [] }) => output.slice(1))
      .filter((name) => this.#modelOutputs.has(name) && !outputs.has(name));
  }

  #site(name: string): Site {
    const site = this.sites.sites.get(name);
    if (site !== undefined) return site;
    throw new MonosemError(
      'unknownSite',
      `The model has no site ${name}; it has hook_embed and blocks.0 to blocks.${this.sites.layers - 1} with ${this.#hooks()}.`,
    );
  }

  #hooks(): string {
    const prefix = 'blocks.0.';
    const names = [...this.sites.sites.keys()].filter((name) => name.startsWith(prefix));
    return names.map((name) => name.slice(prefix.length)).join(', ');
  }

  /** The value before edits at this site, in its own element type. */
  #unedited(site: Site): string {
    if (site.fusedNode !== undefined) return this.#fusedSum(site.fusedNode);
    if (site.bias !== undefined) return this.builder.op('Add', [site.value, site.bias]);
    return this.#valueOf(site);
  }

  /**
   * The value behind the site. Where nodes read the same value for another purpose, the site gets a copy of its own,
   * so that an edit reaches only those that read it there.
   */
  #valueOf(site: Site): string {
    if (site.readers === undefined) return site.value;
    const known = this.#copies.get(site.name);
    if (known !== undefined) return known;
    const { graph } = this.builder;
    const from = this.#current(site.value);
    const copy = this.#modelOp('Identity', [from]);
    for (const reader of site.readers) graph.replaceInput(this.#producer(reader), from, copy);
    this.#copies.set(site.name, copy);
    return copy;
  }

  /** [B · T, width] or [B, T, H, width / H] → [B, T, width] */
  #byToken(x: string): string {
    const { ids } = this.sites.inputs;
    const rowsAndTokens = this.builder.op('Shape', [ids.name]);
    const shape = this.builder.op('Concat', [rowsAndTokens, this.builder.int64s(-1)], {
      attributes: { axis: 0 },
    });
    return this.builder.op('Reshape', [x, shape]);
  }

  #likeBefore(x: string, before: string): string {
    return this.builder.op('Reshape', [x, this.builder.op('Shape', [before])]);
  }

  #current(value: string): string {
    return this.#edited.get(value) ?? value;
  }

  /** Makes the model's nodes read `to` in place of `value`, or of what they read in its place so far. */
  #rewire(value: string, to: string): void {
    const { graph } = this.builder;
    const from = this.#current(value);
    for (const node of graph.consumers(from)) {
      if (this.#modelNodes.has(node)) graph.replaceInput(node, from, to);
    }
    this.#edited.set(value, to);
  }

  /** The site is `value + bias`, added inside a fused node: change the value by as much as the site is to change. */
  #replaceBiased(site: Site, bias: string, edit: (x: string) => string): void {
    const value = this.#current(site.value);
    const x = this.#asFloat32(this.builder.op('Add', [value, bias]), site.elementType);
    const change = this.builder.op('Sub', [edit(x), x]);
    const narrow = this.#fromFloat32(change, site.elementType);
    this.#rewire(site.value, this.builder.op('Add', [value, narrow]));
  }

  /**
   * A fused node adds stream and branch and normalises the sum at once. In float32 it gets the edited sum and zero to
   * add. In half precision, where it may keep more digits of the sum inside than it gives out, the branch is changed
   * by `edit(sum) − sum`, so that no edit is exactly no change.
   */
  #replaceFusedSum(site: Site, fusedNode: string, edit: (x: string) => string): void {
    const { graph } = this.builder;
    const sum = this.#asFloat32(this.#fusedSum(fusedNode), site.elementType);
    const branch = this.#fusedBranch(fusedNode);
    const edited = edit(this.#editedSum.get(fusedNode) ?? sum);
    this.#editedSum.set(fusedNode, edited);
    const node = this.#producer(fusedNode);
    if (site.elementType === 'float32') {
      graph.setInput(node, 0, edited);
      graph.setInput(node, 1, this.#zerosLike(sum));
      removeFusedBias(graph, node);
    } else {
      const change = this.#fromFloat32(this.builder.op('Sub', [edited, sum]), site.elementType);
      graph.setInput(node, 1, this.#modelOp('Add', [branch, change]));
    }
  }

  #zerosLike(value: string): string {
    return this.builder.op('Expand', [this.builder.scalar(0), this.builder.op('Shape', [value])]);
  }

  /** The sum inside a fused node, computed once more outside, without edits at this very sum. */
  #fusedSum(fusedNode: string): string {
    const known = this.#fusedSums.get(fusedNode);
    if (known !== undefined) return known;
    const node = this.#producer(fusedNode);
    const [first = '', second = ''] = node.inputs;
    const bias = fusedBias(node);
    const plain = this.#modelOp('Add', [first, second]);
    this.#fusedAdds.set(fusedNode, plain);
    const sum = bias === undefined ? plain : this.#modelOp('Add', [plain, bias]);
    this.#fusedSums.set(fusedNode, sum);
    return sum;
  }

  /** Second operand of a fused node as the model's nodes see it, without edits at its sum. */
  #fusedBranch(fusedNode: string): string {
    const plain = this.#fusedAdds.get(fusedNode) ?? '';
    return this.#producer(plain).inputs[1] ?? '';
  }

  /** Adds a node that sees edits as the model's own nodes do. */
  #modelOp(type: string, inputs: readonly string[]): string {
    const output = this.builder.op(type, inputs);
    this.#modelNodes.add(this.#producer(output));
    return output;
  }

  #producer(value: string): GraphNode {
    const node = this.builder.graph.producer(value);
    if (node === undefined) throw new MonosemError('internal', `Nothing produces ${value}.`);
    return node;
  }

  #asFloat32(value: string, type: ElementType): string {
    if (type === 'float32') return value;
    const known = this.#float32.get(value);
    if (known !== undefined) return known;
    const cast = this.#cast(value, 'float32');
    this.#float32.set(value, cast);
    return cast;
  }

  #fromFloat32(value: string, type: ElementType): string {
    return type === 'float32' ? value : this.#cast(value, type);
  }

  #cast(value: string, to: ElementType): string {
    return this.builder.op('Cast', [value], { attributes: { to: dataTypeNumber(to) } });
  }
}
