// Files of a repository onto the disk. A file grows as a part named by its hash, in a folder of its own, continues
// where it stopped, and gets its final name only when the hash of the whole is right.
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import {
  appendToPart,
  freeBytes,
  hasContent,
  partSize,
  publishPart,
  removeBelow,
} from '../files/partFile.ts';
import type { RepoFile, RepoListing } from './listing.ts';
import {
  connectionLost,
  patienceOf,
  request,
  withRetries,
  type HubAccess,
  type Patience,
} from './request.ts';

export interface DownloadProgress {
  readonly file: string;
  /** Bytes of all files. */
  readonly done: number;
  readonly total: number;
}

export interface DownloadContext {
  readonly signal: AbortSignal;
  readonly progress: (value: DownloadProgress) => void;
}

/** Bytes that stay free on a disk. */
const reserve = 64 * 2 ** 20;

/**
 * Downloads files into a folder; those that are there and right are left.
 * @param folder where paths of the repository start
 * @throws MonosemError `diskFull` before the first byte, `fileDamaged` for a wrong hash, `cancelled`, hub…
 */
export async function downloadFiles(
  access: HubAccess,
  listing: RepoListing,
  folder: string,
  context: DownloadContext,
): Promise<void> {
  const { files } = listing;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const missing: RepoFile[] = [];
  for (const file of files) {
    const { path: name, bytes, hash } = file;
    if (!(await hasContent(path.join(folder, name), bytes, hash))) missing.push(file);
  }
  await expectSpace(access, listing.repo, missing);
  let before = total - missing.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const file of missing) {
    const transfer = new Transfer(access, listing, file, {
      signal: context.signal,
      progress: (done) => {
        context.progress({ file: file.path, done: before + done, total });
      },
    });
    await transfer.run(path.join(folder, file.path));
    before += file.bytes;
  }
}

function partOf({ cache }: HubAccess, { hash }: RepoFile): string {
  return path.join(cache, 'parts', `${hash.value}.part`);
}

async function expectSpace(
  access: HubAccess,
  repo: string,
  files: readonly RepoFile[],
): Promise<void> {
  let needed = 0;
  for (const file of files) {
    needed += Math.max(0, file.bytes - (await partSize(partOf(access, file))));
  }
  const free = await freeBytes(access.cache);
  if (needed === 0 || needed + reserve <= free) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  throw new MonosemError(
    'diskFull',
    `${repo} needs ${gigabytes(needed)}, and the disk of ${access.cache} has ${gigabytes(free)} free; free some space or choose another cache folder (HF_HOME).`,
  );
}

interface FileContext {
  readonly signal: AbortSignal;
  readonly progress: (done: number) => void;
}

/** One file. */
class Transfer {
  readonly #access: HubAccess;
  readonly #file: RepoFile;
  readonly #context: FileContext;
  readonly #patience: Patience;
  readonly #url: string;
  readonly #part: string;
  readonly #subject: string;
  #hasProgressed = false;

  constructor(
    access: HubAccess,
    { repo, commit }: RepoListing,
    file: RepoFile,
    context: FileContext,
  ) {
    this.#access = access;
    this.#file = file;
    this.#context = context;
    this.#patience = patienceOf(access);
    const name = file.path.split('/').map(encodeURIComponent).join('/');
    this.#url = `${access.endpoint}/${repo}/resolve/${commit}/${name}`;
    this.#part = partOf(access, file);
    this.#subject = `${file.path} in ${repo}`;
  }

  async run(target: string): Promise<void> {
    await withRetries(
      this.#patience,
      this.#context.signal,
      () => this.#fetchRest(),
      () => {
        const progressed = this.#hasProgressed;
        this.#hasProgressed = false;
        return progressed;
      },
    );
    const { bytes, hash } = this.#file;
    if (!(await hasContent(this.#part, bytes, hash))) {
      await this.#discard();
      throw this.#damaged('has another content than the hub announced');
    }
    await publishPart(this.#part, target, this.#subject);
  }

  async #fetchRest(): Promise<void> {
    const { bytes } = this.#file;
    let from = await partSize(this.#part);
    if (from > bytes) {
      await this.#discard();
      from = 0;
    }
    if (from === bytes && bytes > 0) return;
    const stalled = new AbortController();
    const signal = AbortSignal.any([this.#context.signal, stalled.signal]);
    const watch = setTimeout(() => {
      stalled.abort(new Error('no data arrived'));
    }, this.#patience.stall);
    try {
      const asked = { url: this.#url, subject: this.#subject, from };
      const response = await request(this.#access, asked, signal);
      from = await this.#startOf(response, from);
      const chunks = this.#chunks(response, from, watch);
      const size = await appendToPart(this.#part, chunks, this.#subject);
      if (size < bytes) throw connectionLost(this.#url, new Error(`${size} of ${bytes} bytes`));
    } finally {
      clearTimeout(watch);
    }
  }

  /** Where the body starts: servers may ignore the range that was asked for. */
  async #startOf(response: Response, from: number): Promise<number> {
    if (from === 0) return 0;
    const range = response.headers.get('content-range') ?? '';
    if (response.status === 206 && range.startsWith(`bytes ${from}-`)) return from;
    await this.#discard();
    if (response.status === 200) return 0;
    await response.body?.cancel().catch(() => undefined);
    throw connectionLost(this.#url, new Error('the server answered with another range'));
  }

  async *#chunks(
    response: Response,
    from: number,
    watch: NodeJS.Timeout,
  ): AsyncGenerator<Uint8Array> {
    let done = from;
    const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
    const iterator = body[Symbol.asyncIterator]();
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        throw connectionLost(this.#url, error);
      });
      if (next.done === true) return;
      done += next.value.length;
      if (done > this.#file.bytes) throw this.#damaged('is longer than the hub announced');
      watch.refresh();
      this.#hasProgressed = true;
      yield next.value;
      this.#context.progress(done);
    }
  }

  #discard(): Promise<void> {
    return removeBelow(this.#access.cache, this.#part);
  }

  #damaged(what: string): MonosemError {
    return new MonosemError(
      'fileDamaged',
      `${this.#subject} ${what}, so it was thrown away; try again, and if it stays so, use another network or endpoint.`,
    );
  }
}
