// A file that grows on the disk over several attempts, and becomes what it is meant to be by one rename. Knows nothing
// of where its bytes come from.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { exists, fileError, fileNames, hashFile } from './files.ts';

/** What the content of a whole file must hash to, lower-case hexadecimal. */
export interface ContentHash {
  /** `git` is SHA-1 over git's header of a blob and the content, as git names its objects. */
  readonly kind: 'sha256' | 'git';
  readonly value: string;
}

/** Bytes that are there already, 0 without a file. */
export async function partSize(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}

/**
 * Appends chunks to a part.
 * @returns bytes the part has then, also when `chunks` ends early
 * @throws MonosemError `diskFull` and others for the disk; what `chunks` throws passes on, and the part stays
 */
export async function appendToPart(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  what: string,
): Promise<number> {
  const onDisk = <Result>(step: Promise<Result>): Promise<Result> =>
    step.catch((error: unknown) => {
      throw fileError(error, file, what);
    });
  await onDisk(mkdir(path.dirname(file), { recursive: true }));
  const handle = await onDisk(open(file, 'a'));
  try {
    for await (const chunk of chunks) await onDisk(handle.writeFile(chunk));
    await onDisk(handle.sync());
  } finally {
    await handle.close();
  }
  return partSize(file);
}

/** Moves a complete part to its final name, creating the folders on the way. */
export async function publishPart(part: string, file: string, what: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await rename(part, file);
  } catch (error) {
    throw fileError(error, file, what);
  }
}

/** Whether the file is there and its content hashes to `hash`. */
export async function hasContent(file: string, size: number, hash: ContentHash): Promise<boolean> {
  if (!(await exists(file)) || (await partSize(file)) !== size) return false;
  const found =
    hash.kind === 'sha256' ? await hashFile(file, 'The download') : await gitHash(file, size);
  return found === hash.value;
}

async function gitHash(file: string, size: number): Promise<string> {
  const hash = createHash('sha1').update(`blob ${size}\0`);
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw fileError(error, file, 'The download');
  }
  return hash.digest('hex');
}

/** Bytes this user may still write on the disk that holds `folder`, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if (at === path.dirname(at)) throw fileError(error, folder, 'The disk');
    }
  }
}

/** Removes a file or a folder with all in it, and the folders above that became empty, up to `top`. */
export async function removeBelow(top: string, place: string): Promise<void> {
  try {
    await rm(place, { recursive: true, force: true });
    for (
      let above = path.dirname(place);
      above.startsWith(`${top}${path.sep}`) && (await fileNames(above)).length === 0;
      above = path.dirname(above)
    ) {
      if (await exists(above)) await rmdir(above);
    }
  } catch (error) {
    throw fileError(error, place, 'What is to be removed');
  }
}
