// The engine's door to the file system: whole-file reads with errors a user can act on, and writes that are either
// complete or absent. Nothing here knows a file format. In every function `what` names the content for error
// messages, e.g. `The SAE configuration`.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { MonosemError, messageOf, type ErrorCode } from '../../shared/errors.ts';

type Wording = readonly [code: ErrorCode, sentence: (what: string, file: string) => string];

const missing: Wording = [
  'fileMissing',
  (what, file) => `${what} is missing: there is no file ${file}; check the path.`,
];
const denied: Wording = [
  'fileUnreadable',
  (what, file) =>
    `${what} cannot be opened: access to ${file} was denied; change its permissions or choose another place.`,
];
const full: Wording = [
  'diskFull',
  (what, file) =>
    `${what} could not be written to ${file}: the disk is full; free some space and try again.`,
];

/** By the codes of node:fs. */
const wordings: ReadonlyMap<unknown, Wording> = new Map([
  ['ENOENT', missing],
  ['ENOTDIR', missing],
  [
    'EISDIR',
    [
      'fileUnreadable',
      (what, file) => `${what} cannot be read: ${file} is a folder; name the file in it.`,
    ],
  ],
  ['EACCES', denied],
  ['EPERM', denied],
  ['EROFS', denied],
  ['ENOSPC', full],
  ['EDQUOT', full],
  [
    'EFBIG',
    [
      'diskFull',
      (what, file) =>
        `${what} could not be written to ${file}: files there cannot become that large; choose a folder on another disk.`,
    ],
  ],
]);

/** Turns whatever node:fs threw into a MonosemError; a MonosemError passes through unchanged. */
export function fileError(error: unknown, file: string, what: string): MonosemError {
  if (error instanceof MonosemError) return error;
  const wording = wordings.get(error instanceof Error && 'code' in error ? error.code : undefined);
  if (wording !== undefined) return new MonosemError(wording[0], wording[1](what, file));
  return new MonosemError(
    'fileUnreadable',
    `${what} could not be accessed at ${file} (${messageOf(error)}); check the disk and try again.`,
    { cause: error },
  );
}

export async function readBytes(file: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(error, file, what);
  }
}

/**
 * The text of a UTF-8 file. A byte order mark stays in the text, so that offsets count from the file's start.
 * @throws MonosemError `notText` when the bytes are not UTF-8 or contain NUL
 */
export async function readTextFile(file: string, what: string): Promise<string> {
  const bytes = await readBytes(file, what);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Reported below, together with NUL bytes: both mean that this is no text.
  }
  throw new MonosemError(
    'notText',
    `${what} is not text: ${file} is binary or not UTF-8; choose a text file or save it as UTF-8.`,
  );
}

/** @throws MonosemError `fileDamaged` when the file is no JSON */
export async function readJson(file: string, what: string): Promise<unknown> {
  const text = await readTextFile(file, what);
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown;
  } catch (error) {
    throw new MonosemError(
      'fileDamaged',
      `${what} is not valid JSON: ${file} (${messageOf(error)}); restore or download the file again.`,
    );
  }
}

/** As {@link readJson}, for files whose top level is an object. */
export async function readJsonObject(file: string, what: string): Promise<Record<string, unknown>> {
  const value = await readJson(file, what);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new MonosemError(
    'fileDamaged',
    `${what} has no JSON object at its top level: ${file}; restore or download the file again.`,
  );
}

async function statOrUndefined(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch {
    return undefined;
  }
}

export async function exists(file: string): Promise<boolean> {
  return (await statOrUndefined(file)) !== undefined;
}

export async function isFolder(file: string): Promise<boolean> {
  return (await statOrUndefined(file))?.isDirectory() === true;
}

/** Names of what is in a folder, sorted; empty when there is no such folder. */
export async function fileNames(folder: string): Promise<readonly string[]> {
  if (!(await isFolder(folder))) return [];
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw fileError(error, folder, 'The folder');
  }
}

/** Size in bytes. */
export async function fileSize(file: string, what: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw fileError(error, file, what);
  }
}

/** Names a file's content as long as nobody writes to it: path, size and times of the last changes. */
export async function fileIdentity(file: string, what: string): Promise<string> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(file);
    return `${await realpath(file)} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    throw fileError(error, file, what);
  }
}

/** The path without symbolic links, absolute. */
export async function realPath(file: string, what: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    throw fileError(error, file, what);
  }
}

/** SHA-256 of the content, lower-case hexadecimal; the file is streamed. */
export async function hashFile(file: string, what: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Uint8Array);
    }
  } catch (error) {
    throw fileError(error, file, what);
  }
  return hash.digest('hex');
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Lets `produce` write a temporary file beside `file`, flushes it to the disk and renames it, so that `file` is
 * either the old one or complete. When `produce` throws, the temporary file is removed, `file` is untouched and the
 * error passes on.
 */
export async function replaceAtomic<Result>(
  file: string,
  what: string,
  produce: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const temporary = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomUUID().slice(0, 8)}.tmp`,
  );
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const result = await produce(temporary);
    await flush(temporary);
    await rename(temporary, file);
    return result;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    // What `produce` threw for reasons of its own is not about the file.
    throw error instanceof Error && 'syscall' in error ? fileError(error, file, what) : error;
  }
}

/** Writes a whole file, or leaves what was there. */
export async function writeAtomic(
  file: string,
  content: Uint8Array | string | readonly Uint8Array[],
  what: string,
): Promise<void> {
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  await replaceAtomic(file, what, async (temporary) => {
    const handle = await open(temporary, 'wx');
    try {
      for (const part of parts) await handle.writeFile(part);
    } finally {
      await handle.close();
    }
  });
}
