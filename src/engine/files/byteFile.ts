// Random access to a file by byte position, for formats that are read structurally: only what is asked for enters
// memory. A read past the end is an error, never a short result.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MonosemError } from '../../shared/errors.ts';
import { fileError } from './files.ts';

/** One system call reads at most 2 GiB; stay well below. */
const maxReadBytes = 1 << 28;

export class ByteFile {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly #what: string;
  readonly #descriptor: number;

  /** @param what names the content in error messages, e.g. `The SAE weights` */
  constructor(file: string, what: string) {
    this.file = file;
    this.#what = what;
    try {
      this.#descriptor = openSync(file, 'r');
    } catch (error) {
      throw fileError(error, file, what);
    }
    this.size = fstatSync(this.#descriptor).size;
  }

  /** `length` bytes from `offset`, in a buffer of their own. */
  read(offset: number, length: number): Uint8Array {
    this.#expectInside(offset, length);
    const bytes = new Uint8Array(length);
    this.#fill(bytes, offset);
    return bytes;
  }

  /** Fills `target` with the bytes from `offset`. */
  readInto(target: Uint8Array, offset: number): void {
    this.#expectInside(offset, target.length);
    this.#fill(target, offset);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #expectInside(offset: number, length: number): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.size) return;
    throw new MonosemError(
      'fileDamaged',
      `${this.#what} is cut short: ${this.file} has ${this.size} bytes, ${offset + length} are needed; download or copy the file again.`,
    );
  }

  #fill(target: Uint8Array, offset: number): void {
    let done = 0;
    while (done < target.length) {
      const count = this.#readOnce(target, done, offset + done);
      if (count === 0) this.#expectInside(this.size, target.length - done);
      done += count;
    }
  }

  #readOnce(target: Uint8Array, at: number, position: number): number {
    const length = Math.min(maxReadBytes, target.length - at);
    try {
      return readSync(this.#descriptor, target, at, length, position);
    } catch (error) {
      throw fileError(error, this.file, this.#what);
    }
  }
}

/** Opens a file, hands it to `use` and closes it, whatever happens. */
export async function withByteFile<Result>(
  file: string,
  what: string,
  use: (bytes: ByteFile) => Result | Promise<Result>,
): Promise<Result> {
  const bytes = new ByteFile(file, what);
  try {
    return await use(bytes);
  } finally {
    bytes.close();
  }
}
