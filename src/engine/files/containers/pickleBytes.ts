// The bytes of a pickle, read forward from a file in pages: a pickle does not say how long it is.
import type { ByteFile } from '../byteFile.ts';
import { damagedContainer, refusedContainer } from './tensorTable.ts';

const pageBytes = 64 * 1024;
/** Longest string, number or name; those of weights have a few dozen bytes. */
const maxItemBytes = 1024 * 1024;
const maxLineBytes = 1024;

export class PickleBytes {
  readonly file: string;
  readonly what: string;
  readonly #bytes: ByteFile;
  readonly #end: number;
  #position: number;
  #page: Uint8Array = new Uint8Array(0);
  #pageStart = 0;

  /** @param range where the pickle may lie; it is no error when it ends before */
  constructor(
    bytes: ByteFile,
    what: string,
    range: { readonly start: number; readonly end: number },
  ) {
    this.#bytes = bytes;
    this.file = bytes.file;
    this.what = what;
    this.#position = range.start;
    this.#end = Math.min(range.end, bytes.size);
  }

  /** Bytes from the start of the file. */
  get position(): number {
    return this.#position;
  }

  byte(): number {
    const page = this.#filled(1);
    const at = this.#position - this.#pageStart;
    this.#position += 1;
    return page[at] ?? 0;
  }

  /** The next `length` bytes, in a buffer of their own. */
  take(length: number): Uint8Array {
    if (length > maxItemBytes) {
      throw refusedContainer(this.what, this.file, `its pickle has an item of ${length} bytes`);
    }
    const page = this.#filled(length);
    const at = this.#position - this.#pageStart;
    this.#position += length;
    return page.slice(at, at + length);
  }

  /** A little-endian number of 1, 2, 4 or 8 bytes. */
  unsigned(size: 1 | 2 | 4 | 8): number {
    return this.take(size).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  text(length: number): string {
    return new TextDecoder('utf-8').decode(this.take(length));
  }

  /** Up to the next line feed, which is read but not returned. */
  line(): string {
    const codes: number[] = [];
    for (let code = this.byte(); code !== 0x0a; code = this.byte()) {
      if (codes.length === maxLineBytes) throw this.damaged('a line in its pickle does not end');
      codes.push(code);
    }
    return String.fromCharCode(...codes);
  }

  damaged(problem: string): Error {
    return damagedContainer(this.what, this.file, problem);
  }

  refused(problem: string): Error {
    return refusedContainer(this.what, this.file, problem);
  }

  /** The page, holding `length` bytes from the position on. */
  #filled(length: number): Uint8Array {
    const isHeld =
      this.#position >= this.#pageStart &&
      this.#position + length <= this.#pageStart + this.#page.length;
    if (isHeld) return this.#page;
    if (this.#position + length > this.#end) throw this.damaged('its pickle is cut short');
    const available = this.#end - this.#position;
    this.#page = this.#bytes.read(this.#position, Math.min(available, Math.max(pageBytes, length)));
    this.#pageStart = this.#position;
    return this.#page;
  }
}
