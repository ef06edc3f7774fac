// What was downloaded into a cache folder: one small record per model or SAE, written last, so that a record means
// that everything it names was complete. Offline work and removal go by records alone.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { fileNames, exists, readJsonObject, writeAtomic } from '../files/files.ts';
import { removeBelow } from '../files/partFile.ts';
import { staysInside } from './listing.ts';

/** A model or SAE that was downloaded. */
export interface Added {
  /** `owner/name`, for an SAE with its path behind it, with `@revision` where that is not `main`. */
  readonly id: string;
  readonly kind: 'model' | 'sae';
  readonly repo: string;
  readonly commit: string;
  /** Inside the cache, with `/`: a folder, or the file that an SAE is. */
  readonly place: string;
  /** Inside the cache, with `/`. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** Of a model: the .onnx inside its folder. */
  readonly variant?: string;
  /** Of an SAE: the repository of the model it reads. */
  readonly model?: string;
}

const recordFolder = 'added';

function recordFile(cache: string, id: string): string {
  const name = createHash('sha256').update(id).digest('hex').slice(0, 24);
  return path.join(cache, recordFolder, `${name}.json`);
}

export async function writeRecord(cache: string, added: Added): Promise<void> {
  const text = `${JSON.stringify(added, undefined, 1)}\n`;
  await writeAtomic(recordFile(cache, added.id), text, 'The record of the download');
}

/** @returns undefined for what was never downloaded, or is no longer complete */
export async function findRecord(cache: string, id: string): Promise<Added | undefined> {
  const file = recordFile(cache, id);
  if (!(await exists(file))) return undefined;
  const added = await readRecord(file);
  const there = await Promise.all(added.files.map((name) => exists(path.join(cache, name))));
  return there.includes(false) ? undefined : added;
}

/** Everything that was downloaded, by name. */
export async function listRecords(cache: string): Promise<readonly Added[]> {
  const folder = path.join(cache, recordFolder);
  const names = (await fileNames(folder)).filter((name) => /^[0-9a-f]+\.json$/.test(name));
  const all = await Promise.all(names.map((name) => readRecord(path.join(folder, name))));
  return all.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function readRecord(file: string): Promise<Added> {
  const json = await readJsonObject(file, 'The record of a download');
  const { id, kind, repo, commit, place, files, bytes } = json;
  const names: readonly unknown[] = Array.isArray(files) ? files : [undefined];
  const isSound =
    [id, repo, commit].every((text) => typeof text === 'string') &&
    (kind === 'model' || kind === 'sae') &&
    typeof bytes === 'number' &&
    [place, ...names].every((name) => typeof name === 'string' && staysInside(name));
  if (isSound) return json as unknown as Added;
  throw new MonosemError(
    'fileDamaged',
    `The record of a download is damaged: ${file}; delete it and add the model or SAE again.`,
  );
}

/**
 * Deletes a download and what was made beside it, such as a feature store.
 * @throws MonosemError `badArgument` for what is not there
 */
export async function removeRecord(cache: string, id: string): Promise<Added> {
  const all = await listRecords(cache);
  const added = all.find((other) => other.id === id);
  if (added === undefined) {
    const known = all.map((other) => other.id).join(', ');
    throw new MonosemError(
      'badArgument',
      `"${id}" was not downloaded into ${cache}; ${known === '' ? 'nothing was' : `there are ${known}`}.`,
    );
  }
  // The record goes first: without it the rest is no longer offered.
  await removeBelow(cache, recordFile(cache, id));
  const others = new Set(all.filter((other) => other !== added).flatMap(({ files }) => files));
  const holdsOthers = [...others].some((file) => file.startsWith(`${added.place}/`));
  const places = holdsOthers
    ? added.files.filter((file) => !others.has(file))
    : [added.place, ...added.files];
  for (const place of places) await removeBelow(cache, path.join(cache, place));
  return added;
}
