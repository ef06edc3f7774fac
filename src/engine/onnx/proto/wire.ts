// Reads the protobuf wire format of a file by position, in pages, without decoding messages. Layout: a field is a
// varint `number << 3 | type`, then a varint (type 0), 8 bytes (1), a varint length and that many bytes (2), or
// 4 bytes (5). Anything else, or a length that leaves its message, means that this is no protobuf.
import type { ByteFile } from '../../files/byteFile.ts';

export interface WireField {
  readonly number: number;
  readonly type: number;
  /** Where the field with its tag begins. */
  readonly start: number;
  /** Payload of a length-delimited field; the value itself otherwise. */
  readonly from: number;
  readonly to: number;
}

/** Thrown with the byte position; the caller knows the file and says what to do. */
export class WireError extends Error {
  readonly position: number;
  /** Bytes the file should have at least, when it ends too early. */
  readonly needed: number | undefined;

  constructor(position: number, needed?: number) {
    super('not a protobuf');
    this.position = position;
    this.needed = needed;
  }
}

export const lengthDelimited = 2;
const pageBytes = 1 << 16;

export class WireReader {
  readonly #file: ByteFile;
  readonly #page = new Uint8Array(pageBytes);
  #pageStart = 0;
  #pageEnd = 0;

  constructor(file: ByteFile) {
    this.#file = file;
  }

  get size(): number {
    return this.#file.size;
  }

  /** The fields of the message that lies at [from, to). */
  *fields(from: number, to: number): Generator<WireField> {
    let position = from;
    while (position < to) {
      const field = this.#field(position, to);
      yield field;
      position = field.to;
    }
  }

  /** A copy of the bytes [from, to). */
  bytes(from: number, to: number): Uint8Array {
    if (to - from > pageBytes) return this.#file.read(from, to - from);
    this.#load(from, to);
    return this.#page.slice(from - this.#pageStart, to - this.#pageStart);
  }

  /** A varint field's value; exact below 2^53. */
  varint(field: WireField): number {
    return this.#varint(field.from, field.to).value;
  }

  text(field: WireField): string {
    return new TextDecoder().decode(this.bytes(field.from, field.to));
  }

  #field(start: number, end: number): WireField {
    const tag = this.#varint(start, end);
    const number = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    let from = tag.next;
    let to: number;
    if (type === 0) to = this.#varint(from, end).next;
    else if (type === 1) to = from + 8;
    else if (type === 5) to = from + 4;
    else if (type === lengthDelimited) {
      const length = this.#varint(from, end);
      from = length.next;
      to = from + length.value;
    } else throw new WireError(start);
    if (number === 0) throw new WireError(start);
    if (to > end) throw new WireError(start, end === this.size ? to : undefined);
    return { number, type, start, from, to };
  }

  #varint(position: number, end: number): { value: number; next: number } {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (position + i >= end)
        throw new WireError(position, end === this.size ? end + 1 : undefined);
      const byte = this.#byte(position + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: position + i + 1 };
    }
    throw new WireError(position);
  }

  #byte(position: number): number {
    if (position < this.#pageStart || position >= this.#pageEnd) this.#load(position, position + 1);
    return this.#page[position - this.#pageStart] ?? 0;
  }

  /** Makes [from, to), at most one page, present. */
  #load(from: number, to: number): void {
    if (from >= this.#pageStart && to <= this.#pageEnd) return;
    const length = Math.min(pageBytes, this.#file.size - from);
    this.#file.readInto(this.#page.subarray(0, length), from);
    this.#pageStart = from;
    this.#pageEnd = from + length;
  }
}
