// Text a user points at: read whole, and refused with a reason when it is not text worth analysing.
import { readFile, stat } from 'node:fs/promises';
import { MonosemError } from '../../shared/errors.ts';

/** Largest text analysed as a whole, in bytes. */
export const maxTextBytes = 2 * 1024 * 1024;

/**
 * The text of a UTF-8 file.
 * @throws MonosemError `fileMissing`, `tooLarge`, `emptyText` or `notText`
 */
export async function readUserText(file: string): Promise<string> {
  let size: number;
  try {
    const facts = await stat(file);
    if (!facts.isFile()) throw new Error('not a file');
    size = facts.size;
  } catch (cause) {
    throw new MonosemError('fileMissing', `There is no file ${file}; check the path.`, { cause });
  }
  if (size > maxTextBytes) {
    const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
    throw new MonosemError(
      'tooLarge',
      `${file} has ${megabytes(size)} MB, more than the ${megabytes(maxTextBytes)} MB analysed at once; cut out the part you want to look at.`,
    );
  }
  const bytes = await readFile(file);
  if (bytes.length === 0) {
    throw new MonosemError('emptyText', `${file} is empty; there are no tokens to look at.`);
  }
  return decodeText(bytes, file);
}

function decodeText(bytes: Uint8Array, file: string): string {
  const notText = (): MonosemError =>
    new MonosemError(
      'notText',
      `${file} is not UTF-8 text; choose a text file or convert it to UTF-8.`,
    );
  if (bytes.includes(0)) throw notText();
  try {
    // A byte order mark is kept: offsets count it, as editors that show it do.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notText();
  }
}
