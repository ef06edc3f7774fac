// Element types of values: as the file declares them, else followed from the operators. Exports often declare none,
// and a quantized graph changes type many times. Types only; shapes are onnxruntime's business.
import { findAttribute, intAttribute } from '../proto/attributes.ts';
import { elementTypeOf, type ElementType } from '../proto/elementType.ts';
import type { Graph, GraphNode } from './graph.ts';

/** Input whose element type is that of the outputs, where it is not the first. */
const typeInput: Readonly<Record<string, number>> = {
  DequantizeLinear: 1,
  Where: 1,
  Loop: 2,
  GatherBlockQuantized: 2,
  EmbedLayerNormalization: 2,
  MatMulIntegerToFloat: 2,
  DynamicQuantizeMatMul: 0,
  DynamicQuantizeLSTM: 0,
};

/** Operators whose output type does not depend on their inputs. */
const fixedType: Readonly<Record<string, ElementType>> = {
  Shape: 'int64',
  Size: 'int64',
  NonZero: 'int64',
  ArgMax: 'int64',
  MatMulInteger: 'int32',
  ConvInteger: 'int32',
  DynamicQuantizeLinear: 'uint8',
  Equal: 'bool',
  Less: 'bool',
  LessOrEqual: 'bool',
  Greater: 'bool',
  GreaterOrEqual: 'bool',
  And: 'bool',
  Or: 'bool',
  Not: 'bool',
  IsNaN: 'bool',
};

export class ValueTypes {
  readonly #graph: Graph;
  readonly #known = new Map<string, ElementType | undefined>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** `undefined` where neither the file nor the operators tell. */
  of(value: string): ElementType | undefined {
    const trail: string[] = [];
    let type: ElementType | undefined;
    for (let at: string | undefined = value; at !== undefined;) {
      if (this.#known.has(at)) {
        type = this.#known.get(at);
        break;
      }
      trail.push(at);
      const declared = this.#declared(at);
      if (declared !== undefined) {
        type = declared;
        break;
      }
      const node: GraphNode | undefined = this.#graph.producer(at);
      type = node === undefined ? undefined : producedType(node, at);
      at = type === undefined ? node?.inputs[typeInput[node.type] ?? 0] : undefined;
      if (at !== undefined && trail.includes(at)) break;
    }
    for (const name of trail) this.#known.set(name, type);
    return type;
  }

  #declared(value: string): ElementType | undefined {
    const info = this.#graph.valueInfo(value)?.type?.tensorType?.elemType;
    return elementTypeOf(info ?? this.#graph.initializers.get(value)?.dataType);
  }
}

function producedType(node: GraphNode, output: string): ElementType | undefined {
  switch (node.type) {
    case 'Cast':
      return elementTypeOf(intAttribute(node.proto, 'to'));
    case 'Constant':
      return constantType(node);
    case 'ConstantOfShape':
      return elementTypeOf(findAttribute(node.proto, 'value')?.t?.dataType) ?? 'float32';
    case 'DynamicQuantizeLinear':
      return node.outputs.indexOf(output) === 1 ? 'float32' : 'uint8';
    case 'TopK':
      return node.outputs.indexOf(output) === 1 ? 'int64' : undefined;
    default:
      return fixedType[node.type];
  }
}

function constantType(node: GraphNode): ElementType | undefined {
  const tensor = findAttribute(node.proto, 'value')?.t;
  if (tensor) return elementTypeOf(tensor.dataType);
  const names = new Set((node.proto.attribute ?? []).map(({ name }) => name));
  if (names.has('value_float') || names.has('value_floats')) return 'float32';
  return names.has('value_int') || names.has('value_ints') ? 'int64' : undefined;
}
