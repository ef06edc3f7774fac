// Downloads that are not finished: files named by their hash in a folder of their own, which the next download of the
// same file continues. What nobody continues any more, because the repository changed, is found and deleted here.
import path from 'node:path';
import { FileLock } from '../files/fileLock.ts';
import { fileNames } from '../files/files.ts';
import { partSize, removeBelow } from '../files/partFile.ts';
import type { RepoFile } from './listing.ts';

export interface Unfinished {
  readonly files: number;
  readonly bytes: number;
}

const folderOf = (cache: string): string => path.join(cache, 'parts');

/** Where a file grows. */
export function partOf(cache: string, { hash }: RepoFile): string {
  return path.join(folderOf(cache), `${hash.value}.part`);
}

/** Taken by whoever works on a part. @returns undefined while that is another process */
export function lockPart(part: string, what: string): FileLock | undefined {
  return FileLock.tryTake(`${part}.lock`, what);
}

/** All parts, also those that a process works on. */
export async function unfinished(cache: string): Promise<Unfinished> {
  const sizes = await Promise.all((await parts(cache)).map(partSize));
  return { files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

/** Deletes the parts that no process works on. @returns what was deleted */
export async function removeUnfinished(cache: string): Promise<Unfinished> {
  let [files, bytes] = [0, 0];
  for (const part of await parts(cache)) {
    const lock = lockPart(part, 'An unfinished download');
    if (lock === undefined) continue;
    try {
      const size = await partSize(part);
      await removeBelow(cache, part);
      files += 1;
      bytes += size;
    } finally {
      lock.dispose();
    }
  }
  return { files, bytes };
}

async function parts(cache: string): Promise<readonly string[]> {
  const names = await fileNames(folderOf(cache));
  return names
    .filter((name) => name.endsWith('.part'))
    .map((name) => path.join(folderOf(cache), name));
}
