// Files of a repository onto the disk: which of them are missing, whether there is space for them, and one after another
// their transfer.
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { freeBytes, hasContent, partSize } from '../files/partFile.ts';
import type { RepoFile, RepoListing } from './listing.ts';
import { partOf } from './parts.ts';
import type { HubAccess } from './request.ts';
import { Transfer } from './transfer.ts';

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
 * Downloads files into a folder; those that are there and right are left. Several processes may do so at once.
 * @param folder where paths of the repository start
 * @throws MonosemError `diskFull`, where it can be told before the first byte, `fileDamaged` for a wrong hash, `cancelled`, hub…
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

async function expectSpace(
  access: HubAccess,
  repo: string,
  files: readonly RepoFile[],
): Promise<void> {
  let needed = 0;
  for (const file of files) {
    needed += Math.max(0, file.bytes - (await partSize(partOf(access.cache, file))));
  }
  const free = await freeBytes(access.cache);
  if (needed === 0 || needed + reserve <= free) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  throw new MonosemError(
    'diskFull',
    `${repo} needs ${gigabytes(needed)}, and the disk of ${access.cache} has ${gigabytes(free)} free; free some space or choose another cache folder (HF_HOME).`,
  );
}
