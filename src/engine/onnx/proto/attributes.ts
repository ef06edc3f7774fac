// Node attributes in and out of their protobuf form. A plain integer becomes INT and any other number FLOAT; write
// `float(1)` for a FLOAT that happens to be whole.
import { attributeType, toNumber } from './schema.ts';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from './schema.ts';

export interface FloatAttribute {
  readonly float: number;
}
export interface TensorAttribute {
  readonly tensor: TensorProto;
}
export interface GraphAttribute {
  readonly graph: GraphProto;
}

export type AttributeValue =
  | number
  | string
  | readonly number[]
  | Float32Array
  | FloatAttribute
  | TensorAttribute
  | GraphAttribute;

/** A FLOAT attribute whose value may be whole, e.g. `alpha: float(1)`. */
export function float(value: number): FloatAttribute {
  return { float: value };
}

export function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? { name, type: attributeType.int, i: value }
      : { name, type: attributeType.float, f: value };
  }
  if (typeof value === 'string') {
    return { name, type: attributeType.string, s: new TextEncoder().encode(value) };
  }
  if (value instanceof Float32Array) {
    return { name, type: attributeType.floats, floats: [...value] };
  }
  if ('float' in value) return { name, type: attributeType.float, f: value.float };
  if ('tensor' in value) return { name, type: attributeType.tensor, t: value.tensor };
  if ('graph' in value) return { name, type: attributeType.graph, g: value.graph };
  return { name, type: attributeType.ints, ints: [...value] };
}

export function findAttribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute?.find((attribute) => attribute.name === name);
}

export function intAttribute(node: NodeProto, name: string): number | undefined {
  const attribute = findAttribute(node, name);
  return attribute?.i === undefined ? undefined : toNumber(attribute.i);
}
