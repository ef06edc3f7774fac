// One file from the hub onto the disk. It grows as a part named by its hash, in a folder of its own, continues where it
// stopped, and gets its final name only when the hash of the whole is right. Of several processes that want the same
// file, one transfers it and the others wait for it.
import { setTimeout as wait } from 'node:timers/promises';
import { MonosemError } from '../../shared/errors.ts';
import type { FileLock } from '../files/fileLock.ts';
import { appendToPart, hasContent, partSize, publishPart, removeBelow } from '../files/partFile.ts';
import type { RepoFile, RepoListing } from './listing.ts';
import { lockPart, partOf } from './parts.ts';
import {
  cancelled,
  connectionLost,
  patienceOf,
  request,
  withRetries,
  type HubAccess,
  type Patience,
} from './request.ts';

/** Milliseconds between two looks at what another process does. */
const lookMs = 250;

interface FileContext {
  readonly signal: AbortSignal;
  readonly progress: (done: number) => void;
}

/** One file. */
export class Transfer {
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
    this.#part = partOf(access.cache, file);
    this.#subject = `${file.path} in ${repo}`;
  }

  async run(target: string): Promise<void> {
    await withRetries(
      this.#patience,
      this.#context.signal,
      () => this.#alone(target),
      () => {
        const progressed = this.#hasProgressed;
        this.#hasProgressed = false;
        return progressed;
      },
    );
  }

  /** One attempt, while nobody else works on this file. */
  async #alone(target: string): Promise<void> {
    const { bytes, hash } = this.#file;
    const lock = await this.#lock();
    try {
      // Whoever was waited for may have finished it.
      if (await hasContent(target, bytes, hash)) return;
      await this.#fetchRest(lock);
      if (!(await hasContent(this.#part, bytes, hash))) {
        throw this.#damaged('has another content than the hub announced');
      }
      this.#expectHeld(lock);
      await publishPart(this.#part, target, this.#subject);
    } catch (error) {
      if (MonosemError.is(error, 'fileDamaged')) await this.#discard();
      throw error;
    } finally {
      lock.dispose();
    }
  }

  #expectHeld(lock: FileLock): void {
    if (!lock.isHeld()) throw connectionLost(this.#url, new Error('another process took over'));
  }

  async #lock(): Promise<FileLock> {
    for (;;) {
      const lock = lockPart(this.#part, this.#subject);
      if (lock !== undefined) return lock;
      this.#context.progress(Math.min(this.#file.bytes, await partSize(this.#part)));
      await wait(lookMs, undefined, { signal: this.#context.signal }).catch(() => {
        throw cancelled();
      });
    }
  }

  async #fetchRest(lock: FileLock): Promise<void> {
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
      const chunks = this.#chunks(response, from, () => {
        watch.refresh();
        this.#expectHeld(lock);
      });
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

  /** @param before called before each chunk is handed on */
  async *#chunks(response: Response, from: number, before: () => void): AsyncGenerator<Uint8Array> {
    let done = from;
    const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
    const iterator = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await iterator.next().catch((error: unknown) => {
          throw connectionLost(this.#url, error);
        });
        if (next.done === true) return;
        done += next.value.length;
        if (done > this.#file.bytes) throw this.#damaged('is longer than the hub announced');
        before();
        this.#hasProgressed = true;
        yield next.value;
        this.#context.progress(done);
      }
    } finally {
      // What is not read any more is not sent any more.
      await iterator.return?.().catch(() => undefined);
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
