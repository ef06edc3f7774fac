// The binary columns of the feature store. Numbers are LEB128 variable-length unless said otherwise.
//   token ends   one difference to the previous end per token, in UTF-16 units
//   histogram    one count per bin
//   examples     number of examples; of each: document, peak token, peak activation (float32, little-endian),
//                number n of other active tokens in its context, n × (position byte, steps as u16 little-endian)
import { contextSteps, reach, type TopExample } from '../math/topExamples.ts';

/** An example as it is stored. */
export type StoredExample = Omit<TopExample, 'label'>;

class BlobWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** 0 ≤ value < 2³². */
  number(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  uint16(value: number): void {
    this.byte(value & 255);
    this.byte(value >>> 8);
  }

  float32(value: number): void {
    for (const byte of new Uint8Array(Float32Array.of(value).buffer)) this.byte(byte);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

class BlobReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError('a column ends too early');
    this.#at += 1;
    return value;
  }

  number(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  uint16(): number {
    return this.byte() | (this.byte() << 8);
  }

  float32(): number {
    const bytes = Uint8Array.of(this.byte(), this.byte(), this.byte(), this.byte());
    return new DataView(bytes.buffer).getFloat32(0, true);
  }
}

/** @param ends never falling */
export function encodeEnds(ends: Uint32Array): Uint8Array {
  const writer = new BlobWriter();
  let previous = 0;
  for (const end of ends) {
    writer.number(end - previous);
    previous = end;
  }
  return writer.finish();
}

export function decodeEnds(bytes: Uint8Array): Uint32Array {
  const reader = new BlobReader(bytes);
  const ends: number[] = [];
  let end = 0;
  while (!reader.isAtEnd) {
    end += reader.number();
    ends.push(end);
  }
  return Uint32Array.from(ends);
}

export function encodeCounts(counts: Uint32Array): Uint8Array {
  const writer = new BlobWriter();
  for (const count of counts) writer.number(count);
  return writer.finish();
}

export function decodeCounts(bytes: Uint8Array): Uint32Array {
  const reader = new BlobReader(bytes);
  const counts: number[] = [];
  while (!reader.isAtEnd) counts.push(reader.number());
  return Uint32Array.from(counts);
}

export function encodeExamples(examples: readonly StoredExample[]): Uint8Array {
  const writer = new BlobWriter();
  writer.number(examples.length);
  for (const { document, token, activation, context } of examples) {
    writer.number(document);
    writer.number(token);
    writer.float32(activation);
    const others = [...context.entries()].filter(([at, steps]) => at !== reach && steps > 0);
    writer.number(others.length);
    for (const [at, steps] of others) {
      writer.byte(at);
      writer.uint16(steps);
    }
  }
  return writer.finish();
}

/** The first `limit` examples. */
export function decodeExamples(bytes: Uint8Array, limit: number): StoredExample[] {
  const reader = new BlobReader(bytes);
  const count = Math.min(limit, reader.number());
  return Array.from({ length: count }, () => {
    const document = reader.number();
    const token = reader.number();
    const activation = reader.float32();
    const context = new Uint16Array(2 * reach + 1);
    context[reach] = contextSteps;
    for (let others = reader.number(); others > 0; others -= 1) {
      const at = reader.byte();
      context[at] = reader.uint16();
    }
    return { document, token, activation, context };
  });
}
