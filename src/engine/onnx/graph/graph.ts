// An ONNX graph that can be changed: nodes with producer and consumer maps, initializers, inputs, outputs. It works
// on copies: the parsed model it was made from is never changed, so one model serves any number of graphs. Tensors
// are shared, not copied.
import { findAttribute } from '../proto/attributes.ts';
import { innerNames, outerReads, renameOuterRead } from './subgraphs.ts';
import { shallowCopy } from '../proto/schema.ts';
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from '../proto/schema.ts';

export interface GraphNode {
  readonly type: string;
  /** Changed only through `Graph.replaceInput`. Empty strings are omitted optional inputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes and names; inputs and outputs of this message may be out of date. */
  readonly proto: NodeProto;
  /** Values read by subgraphs of the node. */
  readonly outerReads: ReadonlySet<string>;
}

type MutableNode = { -readonly [Key in keyof GraphNode]: GraphNode[Key] };

export class Graph {
  readonly #original: GraphProto;
  readonly #nodes = new Set<MutableNode>();
  readonly #producers = new Map<string, MutableNode>();
  readonly #consumers = new Map<string, Set<MutableNode>>();
  readonly #initializers = new Map<string, TensorProto>();
  readonly #inputs = new Map<string, ValueInfoProto>();
  readonly #outputs = new Map<string, ValueInfoProto>();
  readonly #valueInfo = new Map<string, ValueInfoProto>();
  readonly #names = new Set<string>(['']);
  readonly #nodeNames = new Set<string>();

  constructor(original: GraphProto = {}) {
    this.#original = original;
    original.input?.forEach((value) => this.addInput(value));
    original.initializer?.forEach((tensor) => this.addInitializer(tensor));
    original.sparseInitializer?.forEach(({ values }) => this.#names.add(values?.name ?? ''));
    original.node?.forEach((node) => this.addNode(node));
    original.output?.forEach((value) => this.addOutput(value));
    original.valueInfo?.forEach((value) => this.#valueInfo.set(value.name ?? '', value));
  }

  /** In the order they were added. */
  get nodes(): ReadonlySet<GraphNode> {
    return this.#nodes;
  }

  get inputs(): ReadonlyMap<string, ValueInfoProto> {
    return this.#inputs;
  }

  get outputs(): ReadonlyMap<string, ValueInfoProto> {
    return this.#outputs;
  }

  get initializers(): ReadonlyMap<string, TensorProto> {
    return this.#initializers;
  }

  /** The tensor a constant value holds: an initializer's, or that of a Constant node. */
  constant(value: string): TensorProto | undefined {
    const node = this.#producers.get(value);
    const held = node?.type === 'Constant' ? findAttribute(node.proto, 'value')?.t : undefined;
    return this.#initializers.get(value) ?? held ?? undefined;
  }

  producer(value: string): GraphNode | undefined {
    return this.#producers.get(value);
  }

  consumers(value: string): readonly GraphNode[] {
    return [...(this.#consumers.get(value) ?? [])];
  }

  /** What the file says about a value's type, if anything. */
  valueInfo(value: string): ValueInfoProto | undefined {
    return this.#inputs.get(value) ?? this.#outputs.get(value) ?? this.#valueInfo.get(value);
  }

  /** Whether a value is called so. */
  hasName(name: string): boolean {
    return this.#names.has(name);
  }

  /** A name neither a value nor a node has: `base` itself if it is free, else `base_1`, `base_2`, … */
  uniqueName(base: string): string {
    let name = base;
    for (let i = 1; this.#names.has(name) || this.#nodeNames.has(name); i++) name = `${base}_${i}`;
    return name;
  }

  addNode(proto: NodeProto): GraphNode {
    const node: MutableNode = {
      type: proto.opType ?? '',
      inputs: [...(proto.input ?? [])],
      outputs: [...(proto.output ?? [])],
      proto,
      outerReads: outerReads(proto),
    };
    this.#nodes.add(node);
    this.#nodeNames.add(proto.name ?? '');
    for (const output of node.outputs) {
      if (output !== '') this.#producers.set(output, node);
      this.#names.add(output);
    }
    for (const name of innerNames(proto)) this.#names.add(name);
    for (const input of node.inputs) this.#addConsumer(input, node);
    for (const input of node.outerReads) this.#addConsumer(input, node);
    return node;
  }

  addInitializer(tensor: TensorProto): void {
    this.#initializers.set(tensor.name ?? '', tensor);
    this.#names.add(tensor.name ?? '');
  }

  addInput(input: ValueInfoProto): void {
    this.#inputs.set(input.name ?? '', input);
    this.#names.add(input.name ?? '');
  }

  removeInput(name: string): void {
    this.#inputs.delete(name);
  }

  addOutput(output: ValueInfoProto): void {
    this.#outputs.set(output.name ?? '', output);
    this.#names.add(output.name ?? '');
  }

  removeOutput(name: string): void {
    this.#outputs.delete(name);
  }

  /** Makes `node`, and the subgraphs in it, read `to` wherever they read `from`. */
  replaceInput(node: GraphNode, from: string, to: string): void {
    const own: MutableNode = node;
    own.inputs = own.inputs.map((name) => (name === from ? to : name));
    if (own.outerReads.has(from)) {
      own.proto = renameOuterRead(own.proto, from, to);
      own.outerReads = outerReads(own.proto);
    }
    this.#consumers.get(from)?.delete(own);
    this.#addConsumer(to, own);
  }

  /** Changes one input of a node, which may become a value that other inputs of it already are. */
  setInput(node: GraphNode, index: number, to: string): void {
    const own: MutableNode = node;
    const from = own.inputs[index] ?? '';
    own.inputs = own.inputs.map((name, i) => (i === index ? to : name));
    if (!own.inputs.includes(from) && !own.outerReads.has(from)) {
      this.#consumers.get(from)?.delete(own);
    }
    this.#addConsumer(to, own);
  }

  /** Puts an input in front of input `index` of a node that takes any number. */
  insertInput(node: GraphNode, index: number, value: string): void {
    const own: MutableNode = node;
    own.inputs = own.inputs.toSpliced(index, 0, value);
    this.#addConsumer(value, own);
  }

  /** Gives a name to output `index` of a node that leaves it out. */
  nameOutput(node: GraphNode, index: number, name: string): void {
    const own: MutableNode = node;
    const outputs = [...own.outputs];
    while (outputs.length <= index) outputs.push('');
    outputs[index] = name;
    own.outputs = outputs;
    this.#producers.set(name, own);
    this.#names.add(name);
  }

  /**
   * The graph with only what its outputs need: nodes in an order where producers come first, without dead nodes,
   * initializers and inputs.
   */
  pruned(): GraphProto {
    const nodes = this.#neededNodes();
    const used = new Set<string>(this.#outputs.keys());
    for (const node of nodes) {
      for (const name of [...node.inputs, ...node.outerReads, ...node.outputs]) used.add(name);
    }
    const isUsed = (value: { name?: string }): boolean => used.has(value.name ?? '');
    const copy = shallowCopy(this.#original);
    copy.node = nodes.map((node) =>
      Object.assign(shallowCopy(node.proto), {
        input: [...node.inputs],
        output: [...node.outputs],
      }),
    );
    copy.initializer = [...this.#initializers.values()].filter(isUsed);
    copy.sparseInitializer = (this.#original.sparseInitializer ?? []).filter(({ values }) =>
      isUsed(values ?? {}),
    );
    copy.input = [...this.#inputs.values()].filter(isUsed);
    copy.output = [...this.#outputs.values()];
    copy.valueInfo = [...this.#valueInfo.values()].filter(isUsed);
    return copy;
  }

  /** Everything the outputs depend on, producers before consumers, otherwise in the order of `nodes`. */
  #neededNodes(): GraphNode[] {
    const needed = new Set<GraphNode>();
    const reach = [...this.#outputs.keys()];
    for (let value = reach.pop(); value !== undefined; value = reach.pop()) {
      const node = this.#producers.get(value);
      if (node === undefined || needed.has(node)) continue;
      needed.add(node);
      reach.push(...node.inputs, ...node.outerReads);
    }
    const sorted = new Set<GraphNode>();
    const open = new Set<GraphNode>();
    for (const start of this.#nodes) {
      if (!needed.has(start)) continue;
      const stack: GraphNode[] = [start];
      for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
        const missing = open.has(node) ? [] : this.#unsortedProducers(node, sorted);
        open.add(node);
        if (missing.length > 0) {
          stack.push(...missing);
          continue;
        }
        sorted.add(node);
        stack.pop();
      }
    }
    return [...sorted];
  }

  #unsortedProducers(node: GraphNode, sorted: ReadonlySet<GraphNode>): GraphNode[] {
    const missing: GraphNode[] = [];
    for (const value of [...node.inputs, ...node.outerReads]) {
      const producer = this.#producers.get(value);
      if (producer !== undefined && !sorted.has(producer)) missing.push(producer);
    }
    return missing;
  }

  #addConsumer(value: string, node: MutableNode): void {
    const consumers = this.#consumers.get(value);
    if (consumers === undefined) this.#consumers.set(value, new Set([node]));
    else consumers.add(node);
  }
}
