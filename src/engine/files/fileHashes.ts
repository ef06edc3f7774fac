// Hashes of large files, each computed once as long as nobody writes to the file.
import { fileIdentity, hashFile } from './files.ts';

export class FileHashes {
  readonly #known = new Map<string, Promise<string>>();

  /** SHA-256 of the content, lower-case hexadecimal. @param what for sentences, e.g. `The SAE` */
  async of(file: string, what: string): Promise<string> {
    const identity = await fileIdentity(file, what);
    const known = this.#known.get(identity) ?? hashFile(file, what);
    this.#known.set(identity, known);
    known.catch(() => this.#known.delete(identity));
    return known;
  }
}
