// Copies the structure of an .onnx file without its weights: the result is the same ModelProto in which the payload
// of every large tensor has become a reference {location, offset, length} into the file. Works on the wire format,
// so fields that nobody here knows pass through byte for byte.
import protobuf from 'protobufjs/light.js';
import { bytesPerElement } from './elementType.ts';
import { externalLocation } from './schema.ts';
import { externalEntries } from './tensorProto.ts';
import { lengthDelimited, WireError, type WireField, type WireReader } from './wire.ts';

/** Payloads from this size on stay in the file. Below are shapes, axes and the like, wanted for shape inference. */
export const minExternalBytes = 1024;

/** float_data, raw_data, double_data: elements as they lie in memory. */
const payloadFields = new Set([4, 9, 10]);

/** Copies a nested message at [from, to). */
type Copy = (from: number, to: number) => Uint8Array;

export class Skimmer {
  readonly #reader: WireReader;
  readonly #file: string;

  /** @param file absolute path, written into the references */
  constructor(reader: WireReader, file: string) {
    this.#reader = reader;
    this.#file = file;
  }

  /** The ModelProto of the whole file. */
  model(): Uint8Array {
    return this.#copy(0, this.#reader.size, { 7: this.#graph });
  }

  readonly #graph: Copy = (from, to) => this.#copy(from, to, { 1: this.#node, 5: this.#tensor });

  /** Only Constant nodes may hold external tensors: onnxruntime makes initializers of them. */
  readonly #node: Copy = (from, to) => {
    let isConstant = false;
    for (const field of this.#reader.fields(from, to)) {
      if (field.number === 4 && this.#reader.text(field) === 'Constant') isConstant = true;
    }
    const attribute: Copy = (start, end) =>
      this.#copy(start, end, {
        6: this.#graph,
        11: this.#graph,
        ...(isConstant ? { 5: this.#tensor } : {}),
      });
    return this.#copy(from, to, { 5: attribute });
  };

  readonly #tensor: Copy = (from, to) => {
    const payload = this.#payload(from, to);
    if (payload === undefined) return this.#copy(from, to, {});
    const writer = protobuf.Writer.create();
    for (const field of this.#reader.fields(from, to)) {
      if (field.start !== payload.start) writer.raw(this.#reader.bytes(field.start, field.to));
    }
    const { from: offset, to: end } = payload;
    for (const { key = '', value = '' } of externalEntries(this.#file, offset, end - offset)) {
      writer.uint32((13 << 3) | lengthDelimited).fork();
      writer.uint32((1 << 3) | lengthDelimited).string(key);
      writer.uint32((2 << 3) | lengthDelimited).string(value);
      writer.ldelim();
    }
    return writer
      .uint32(14 << 3)
      .int32(externalLocation)
      .finish();
  };

  /** The field whose bytes are the tensor's elements, if they are large and lie in one piece. */
  #payload(from: number, to: number): WireField | undefined {
    let dataType = 0;
    let elements = 1;
    const payloads: WireField[] = [];
    for (const field of this.#reader.fields(from, to)) {
      if (field.number === 1) elements *= this.#product(field);
      else if (field.number === 2) dataType = this.#reader.varint(field);
      else if (payloadFields.has(field.number)) payloads.push(field);
    }
    const [payload, second] = payloads;
    if (payload?.type !== lengthDelimited || second !== undefined) return undefined;
    const bytes = payload.to - payload.from;
    if (bytes < minExternalBytes) return undefined;
    const perElement = bytesPerElement(dataType);
    if (perElement !== undefined && bytes !== elements * perElement) {
      throw new WireError(payload.start);
    }
    return payload;
  }

  /** Of one size, or of several packed into one field. */
  #product(field: WireField): number {
    if (field.type !== lengthDelimited) return this.#reader.varint(field);
    const reader = protobuf.Reader.create(this.#reader.bytes(field.from, field.to));
    let product = 1;
    while (reader.pos < reader.len) product *= Number(reader.uint64());
    return product;
  }

  /**
   * @param nested how to copy the messages in some fields; everything else is copied as it is, and so are messages
   *   that are too short to hold a large payload
   */
  #copy(from: number, to: number, nested: Readonly<Partial<Record<number, Copy>>>): Uint8Array {
    const writer = protobuf.Writer.create();
    let copied = from;
    for (const field of this.#reader.fields(from, to)) {
      if (field.type !== lengthDelimited || field.to - field.from < minExternalBytes) continue;
      const copyNested = nested[field.number];
      if (copyNested === undefined) continue;
      writer.raw(this.#reader.bytes(copied, field.start));
      writer.uint32((field.number << 3) | lengthDelimited);
      writer.bytes(copyNested(field.from, field.to));
      copied = field.to;
    }
    return writer.raw(this.#reader.bytes(copied, to)).finish();
  }
}
