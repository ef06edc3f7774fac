// One process at a time works on a file: a lock file beside it names its owner. A lock is stale, and taken over, when
// its owner's process is gone, or when nobody has touched it for minutes, as after a crash on another machine that
// shares the folder. Whoever holds a lock asks before each step whether it still does: it may have slept too long.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Disposable } from '../../shared/disposable.ts';
import { fileError } from './files.ts';
import { isRunning } from './isRunning.ts';

/** How often an owner touches its lock. */
const beatMs = 10_000;

/** An owner that was silent for this long is gone; a computation may hold up a process for a minute or two. */
const silentMs = 5 * 60_000;

/** A take-over takes microseconds. */
const takeOverMs = 10_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Differs from lock to lock. */
  readonly id: string;
}

/** Locks of this process. */
const held = new Set<string>();

export class FileLock implements Disposable {
  readonly #file: string;
  readonly #id: string;
  readonly #timer: NodeJS.Timeout;
  #touched = Date.now();

  private constructor(file: string, id: string) {
    this.#file = file;
    this.#id = id;
    held.add(id);
    this.#timer = setInterval(() => {
      this.#beat();
    }, beatMs).unref();
  }

  /**
   * @param file the lock itself; folders on the way are made
   * @param what names what is locked, for error messages
   * @returns undefined while somebody else holds it
   * @throws MonosemError when no lock can be written there
   */
  static tryTake(file: string, what: string): FileLock | undefined {
    const id = randomUUID();
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      if (!create(file, id) && !(takeOver(file) && create(file, id))) return undefined;
      return new FileLock(file, id);
    } catch (error) {
      // The folder was removed as empty in this very moment.
      if (codeOf(error) === 'ENOENT') return undefined;
      throw fileError(error, file, what);
    }
  }

  /** Whether the lock is still this one. */
  isHeld(): boolean {
    return Date.now() - this.#touched < 2 * beatMs ? held.has(this.#id) : this.#beat();
  }

  /** Gives the lock up; once is enough. */
  dispose(): void {
    clearInterval(this.#timer);
    if (held.delete(this.#id) && ownerOf(this.#file)?.id === this.#id) remove(this.#file);
  }

  #beat(): boolean {
    try {
      if (ownerOf(this.#file)?.id !== this.#id) held.delete(this.#id);
      else utimesSync(this.#file, new Date(), new Date());
      this.#touched = Date.now();
    } catch {
      // It was taken away in this moment, which the next question finds out.
    }
    return held.has(this.#id);
  }
}

/** @returns false when there is one already */
function create(file: string, id: string): boolean {
  const owner: Owner = { pid: process.pid, host: os.hostname(), id };
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // Made, but not written, on a full disk.
    if (codeOf(error) !== 'ENOENT') remove(file);
    throw error;
  }
}

/** @returns whether a stale lock was removed; a second lock keeps others from removing the next one */
function takeOver(file: string): boolean {
  if (!isStale(file)) return false;
  const guard = `${file}.takeover`;
  if (!create(guard, '')) {
    if (ageOf(guard) > takeOverMs) remove(guard);
    return false;
  }
  try {
    if (!isStale(file)) return false;
    remove(file);
    return true;
  } finally {
    remove(guard);
  }
}

function isStale(file: string): boolean {
  if (ageOf(file) > silentMs) return true;
  const owner = ownerOf(file);
  if (owner?.host !== os.hostname()) return false;
  // An earlier process may have had the number that is this one's.
  return owner.pid === process.pid ? !held.has(owner.id) : !isRunning(owner.pid);
}

/** @returns undefined for no lock, and for one that is being written */
function ownerOf(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the file was touched; 0 without a file. */
function ageOf(file: string): number {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return touched === undefined ? 0 : Date.now() - touched;
}

function remove(file: string): void {
  rmSync(file, { force: true });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
