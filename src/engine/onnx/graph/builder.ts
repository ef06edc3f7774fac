// Writes ONNX nodes: into a copy of an existing model (overlays, SAE and steering subgraphs) or from nothing (model
// conversion, test models). Names are made unique, operator sets of contrib domains are declared by use. It knows
// no model and no site.
import { MonosemError } from '../../../shared/errors.ts';
import type { StoredTensor } from '../../files/storedTensor.ts';
import { makeAttribute, type AttributeValue } from '../proto/attributes.ts';
import { dataTypeNumber, type ElementType } from '../proto/elementType.ts';
import { Graph } from './graph.ts';
import type { OnnxModel } from '../proto/model.ts';
import { shallowCopy, toNumber } from '../proto/schema.ts';
import type { NodeProto, OperatorSetId, ValueInfoProto } from '../proto/schema.ts';
import { inlineTensor, referencedTensor, type ConstantData } from '../proto/tensorProto.ts';

/** A size, or the name of one that is known only when the model runs, e.g. `batch_size`. */
export type Dimension = number | string;

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Exact names of the outputs; they must be free. Without it, names are made from the operator. */
  readonly outputs?: readonly string[];
  /** `com.microsoft` for onnxruntime's own operators. */
  readonly domain?: string;
  /** Name of the node, and what its output names start with; made unique. */
  readonly name?: string;
}

export interface ConstantOptions {
  readonly name?: string;
  /** For data whose element type a typed array cannot tell: `bool`, `float16` bits, `bfloat16` bits. */
  readonly type?: ElementType;
}

export interface BuilderOptions {
  /** Continue a copy of this model. */
  readonly model?: OnnxModel;
  /** Of a model made from nothing: graph name, version of the standard operators (18). */
  readonly name?: string;
  readonly opset?: number;
}

/** Before 4, initializers had to be listed as inputs. */
const firstIrWithFreeInitializers = 4;
const irVersion = 8;

export class GraphBuilder {
  readonly graph: Graph;
  readonly #base: OnnxModel;
  readonly #opsets: Map<string, number>;
  readonly #stored = new Map<string, string>();

  constructor(options: BuilderOptions = {}) {
    this.#base = options.model ?? {
      proto: {
        irVersion,
        opsetImport: [{ domain: '', version: options.opset ?? 18 }],
        producerName: 'monosem',
        graph: { name: options.name ?? 'main' },
      },
    };
    this.graph = new Graph(this.#base.proto.graph);
    this.#opsets = new Map(
      (this.#base.proto.opsetImport ?? []).map(({ domain, version }) => [
        domain === 'ai.onnx' ? '' : (domain ?? ''),
        toNumber(version),
      ]),
    );
    if (toNumber(this.#base.proto.irVersion) < firstIrWithFreeInitializers) {
      for (const name of this.graph.initializers.keys()) this.graph.removeInput(name);
    }
  }

  /** Version of the standard operators in this model. */
  get opset(): number {
    return this.#opsets.get('') ?? 1;
  }

  /** Adds a node and returns its first output. @param inputs '' leaves out an optional input */
  op(type: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.ops(type, inputs, options.outputs?.length ?? 1, options)[0] ?? '';
  }

  /** Adds a node with `outputCount` outputs and returns all of them. */
  ops(
    type: string,
    inputs: readonly string[],
    outputCount: number,
    options: NodeOptions = {},
  ): string[] {
    const name = this.graph.uniqueName(options.name ?? `monosem/${type}`);
    const outputs = options.outputs?.map((output) => this.#claim(output)) ?? [];
    while (outputs.length < outputCount) {
      outputs.push(
        outputs.length === 0 ? name : this.graph.uniqueName(`${name}:${outputs.length}`),
      );
    }
    const proto: NodeProto = {
      input: [...inputs],
      output: outputs,
      name,
      opType: type,
      attribute: Object.entries(options.attributes ?? {}).map(([key, value]) =>
        makeAttribute(key, value),
      ),
    };
    const domain = options.domain ?? '';
    if (domain !== '') proto.domain = domain;
    if (!this.#opsets.has(domain)) this.#opsets.set(domain, 1);
    this.graph.addNode(proto);
    return outputs;
  }

  /** @param dims row-major, [] for a scalar */
  constant(data: ConstantData, dims: readonly number[], options: ConstantOptions = {}): string {
    const name = this.graph.uniqueName(options.name ?? 'monosem/constant');
    this.graph.addInitializer(inlineTensor(name, data, dims, options.type));
    return name;
  }

  /** A 0-dimensional float32. */
  scalar(value: number): string {
    return this.constant(Float32Array.of(value), []);
  }

  /** A 1-dimensional int64: a shape, axes, starts, k. */
  int64s(...values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** A tensor that stays in its file; the same bytes are referenced once. */
  stored(tensor: StoredTensor): string {
    const key = `${tensor.file}\n${tensor.offset}\n${tensor.type}\n${tensor.dims.join()}`;
    const known = this.#stored.get(key);
    if (known !== undefined) return known;
    const name = this.graph.uniqueName(`monosem/${tensor.name}`);
    this.graph.addInitializer(referencedTensor(name, tensor));
    this.#stored.set(key, name);
    return name;
  }

  /** Adds an input under exactly this name and returns it. */
  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.graph.addInput(valueInfo(this.#claim(name), type, dims));
    return name;
  }

  /**
   * Makes `value` an output called `name`. onnxruntime finds type and shape itself where they are not given.
   */
  output(name: string, value: string, type?: ElementType, dims?: readonly Dimension[]): void {
    if (name !== value) this.op('Identity', [value], { outputs: [name] });
    this.graph.addOutput(valueInfo(name, type, dims));
  }

  /** The model so far: only what its outputs need. */
  build(): OnnxModel {
    const proto = shallowCopy(this.#base.proto);
    proto.irVersion = Math.max(irVersion, toNumber(proto.irVersion));
    proto.opsetImport = [...this.#opsets].map(([domain, version]): OperatorSetId => ({
      domain,
      version,
    }));
    proto.graph = this.graph.pruned();
    return { ...this.#base, proto };
  }

  #claim(name: string): string {
    if (this.graph.hasName(name)) {
      throw new MonosemError('internal', `The graph already has a value called ${name}.`);
    }
    return name;
  }
}

/** @param dims without it the rank is unknown */
export function valueInfo(
  name: string,
  type?: ElementType,
  dims?: readonly Dimension[],
): ValueInfoProto {
  if (type === undefined) return { name };
  const shape = dims?.map((size) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return {
    name,
    type: {
      tensorType: {
        elemType: dataTypeNumber(type),
        ...(shape === undefined ? {} : { shape: { dim: shape } }),
      },
    },
  };
}
