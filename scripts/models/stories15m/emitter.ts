// Writes an ONNX model with its weights inline, field by field, through protobufjs' writer.
import protobuf from 'protobufjs';

type Attribute = number | string | readonly number[];
type Dim = number | string;
type Write = (writer: protobuf.Writer) => void;

const dataTypes = { float32: 1, int64: 7, bool: 9, float16: 10 } as const;
export type DataType = keyof typeof dataTypes;

export interface NodeOptions {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly outputs?: readonly string[];
}

function isInteger(value: Attribute): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function writeAttribute(writer: protobuf.Writer, name: string, value: Attribute): void {
  writer.uint32(42).fork().uint32(10).string(name);
  if (typeof value === 'string') writer.uint32(34).bytes(Buffer.from(value)).uint32(160).int32(3);
  else if (isInteger(value)) writer.uint32(24).int64(value).uint32(160).int32(2);
  else if (typeof value === 'number') writer.uint32(21).float(value).uint32(160).int32(1);
  else {
    for (const item of value) writer.uint32(64).int64(item);
    writer.uint32(160).int32(7);
  }
  writer.ldelim();
}

export class Emitter {
  readonly #nodes: Write[] = [];
  readonly #initializers: Write[] = [];
  readonly #inputs: Write[] = [];
  readonly #outputs: Write[] = [];

  /** @returns the node's first output */
  op(type: string, inputs: readonly string[], options: NodeOptions): string {
    const { name, attributes = {}, outputs = [`${name}_output_0`] } = options;
    this.#nodes.push((writer) => {
      writer.uint32(10).fork();
      for (const input of inputs) writer.uint32(10).string(input);
      for (const output of outputs) writer.uint32(18).string(output);
      writer.uint32(26).string(name).uint32(34).string(type);
      for (const [key, value] of Object.entries(attributes)) writeAttribute(writer, key, value);
      writer.ldelim();
    });
    return outputs[0] ?? '';
  }

  int64(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    const raw = new BigInt64Array(values.map(BigInt));
    return this.#initializer(name, 'int64', dims, new Uint8Array(raw.buffer));
  }

  float32(name: string, values: Float32Array, dims: readonly number[]): string {
    return this.#initializer(name, 'float32', dims, new Uint8Array(values.buffer));
  }

  /** Rounds to nearest, ties to even. */
  float16(name: string, values: Float32Array, dims: readonly number[]): string {
    return this.#initializer(name, 'float16', dims, new Uint8Array(new Float16Array(values).buffer));
  }

  input(name: string, type: DataType, dims: readonly Dim[]): string {
    this.#inputs.push(valueInfo(90, name, type, dims));
    return name;
  }

  output(name: string, type: DataType, dims: readonly Dim[]): void {
    this.#outputs.push(valueInfo(98, name, type, dims));
  }

  encode(graphName: string): Uint8Array {
    const writer = protobuf.Writer.create();
    writer.uint32(8).int64(8).uint32(18).string('monosem').uint32(58).fork();
    for (const write of this.#nodes) write(writer);
    writer.uint32(18).string(graphName);
    for (const list of [this.#initializers, this.#inputs, this.#outputs]) {
      for (const write of list) write(writer);
    }
    writer.ldelim();
    writer.uint32(66).fork().uint32(10).string('').uint32(16).int64(18).ldelim();
    return writer.finish();
  }

  #initializer(name: string, type: DataType, dims: readonly number[], raw: Uint8Array): string {
    this.#initializers.push((writer) => {
      writer.uint32(42).fork();
      for (const size of dims) writer.uint32(8).int64(size);
      writer.uint32(16).int32(dataTypes[type]).uint32(66).string(name).uint32(74).bytes(raw).ldelim();
    });
    return name;
  }
}

function valueInfo(tag: number, name: string, type: DataType, dims: readonly Dim[]): Write {
  return (writer) => {
    writer.uint32(tag).fork().uint32(10).string(name).uint32(18).fork().uint32(10).fork();
    writer.uint32(8).int32(dataTypes[type]).uint32(18).fork();
    for (const size of dims) {
      writer.uint32(10).fork();
      if (typeof size === 'number') writer.uint32(8).int64(size);
      else writer.uint32(18).string(size);
      writer.ldelim();
    }
    writer.ldelim().ldelim().ldelim().ldelim();
  };
}
