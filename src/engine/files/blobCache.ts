// A folder of blobs under keys, within a number of bytes: what was used longest ago goes first. Several processes may use
// one folder at a time. A blob is complete or absent: it gets its name when it is written, and carries a checksum, so
// that one a crash has cut short is noticed, removed and counted as absent. Nothing here ever fails: a cache that cannot
// be read or written is an empty one.
import { Buffer } from 'node:buffer';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

const suffix = '.blob';
const checksumBytes = 32;
/** Once this share of the limit has been written, the folder is looked through. */
const trimAfter = 0.05;
/** A trimmed folder has this share of the limit left. */
const trimTo = 0.9;
/** A use is noted when the last one noted is longer ago than this, in milliseconds. */
const useMs = 60 * 60 * 1000;
/** Temporary files older than this were left by a process that died, in milliseconds. */
const leftoverMs = 60 * 60 * 1000;

interface Stored {
  readonly file: string;
  readonly bytes: number;
  readonly usedMs: number;
}

export class BlobCache {
  readonly #folder: string;
  readonly #limit: number;
  #written = Infinity;
  #writing: Promise<void> = Promise.resolve();

  /** @param limit bytes */
  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** @param key letters and digits, at least three */
  async get(key: string): Promise<Uint8Array | undefined> {
    const file = this.#file(key);
    try {
      const stored = await readFile(file);
      const content = stored.subarray(checksumBytes);
      if (!checksum(key, content).equals(stored.subarray(0, checksumBytes))) {
        await rm(file, { force: true });
        return undefined;
      }
      void noteUse(file);
      return content;
    } catch {
      return undefined;
    }
  }

  /** Writes in the background, one blob after the other. */
  put(key: string, content: Uint8Array): void {
    this.#writing = this.#writing.then(() => this.#write(key, content)).catch(() => undefined);
  }

  /** Resolves when everything put so far is written. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Removes everything. @returns bytes removed */
  async clear(): Promise<number> {
    await this.#writing;
    const all = await this.#list();
    await Promise.all(all.map(({ file }) => rm(file, { force: true }).catch(() => undefined)));
    return all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #write(key: string, content: Uint8Array): Promise<void> {
    const file = this.#file(key);
    const folder = path.dirname(file);
    const temporary = path.join(folder, `.${randomUUID()}.tmp`);
    await mkdir(folder, { recursive: true });
    try {
      await writeFile(temporary, Buffer.concat([checksum(key, content), content]));
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    this.#written += content.length;
    if (this.#written > this.#limit * trimAfter) await this.#trim();
  }

  async #trim(): Promise<void> {
    this.#written = 0;
    const all = (await this.#list()).sort((a, b) => a.usedMs - b.usedMs);
    let bytes = all.reduce((sum, stored) => sum + stored.bytes, 0);
    const most = bytes > this.#limit ? this.#limit * trimTo : this.#limit;
    for (const { file, bytes: size, usedMs } of all) {
      const isLeftover = !file.endsWith(suffix) && Date.now() - usedMs > leftoverMs;
      if (bytes <= most && !isLeftover) continue;
      await rm(file, { force: true });
      bytes -= size;
    }
  }

  async #list(): Promise<Stored[]> {
    const found: Stored[] = [];
    for (const shard of await names(this.#folder)) {
      const folder = path.join(this.#folder, shard);
      const stored = await Promise.all(
        (await names(folder)).map((name) => storedAt(path.join(folder, name))),
      );
      found.push(...stored.filter((each) => each !== undefined));
    }
    return found;
  }

  #file(key: string): string {
    return path.join(this.#folder, key.slice(0, 2), key.slice(2) + suffix);
  }
}

/** Of key and content: a blob under another's name is damaged, too. */
function checksum(key: string, content: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(content).digest();
}

async function noteUse(file: string): Promise<void> {
  try {
    const now = Date.now();
    const { mtimeMs } = await stat(file);
    if (now - mtimeMs > useMs) await utimes(file, now / 1000, now / 1000);
  } catch {
    // Removed meanwhile, or not ours to touch: it is only taken for older than it is.
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function storedAt(file: string): Promise<Stored | undefined> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { file, bytes: size, usedMs: mtimeMs };
  } catch {
    return undefined;
  }
}
