// Text a user points at: read whole, and refused with a reason when it is not worth analysing.
import { MonosemError } from '../../shared/errors.ts';
import { fileSize, readTextFile } from './files.ts';

/** Largest text analysed as a whole, in bytes. */
const maxTextBytes = 2 * 1024 * 1024;

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

/**
 * The text of a UTF-8 file.
 * @throws MonosemError `fileMissing`, `fileUnreadable`, `tooLarge`, `emptyText` or `notText`
 */
export async function readUserText(file: string): Promise<string> {
  const what = 'The text';
  const size = await fileSize(file, what);
  if (size > maxTextBytes) {
    throw new MonosemError(
      'tooLarge',
      `${file} has ${megabytes(size)} MB, more than the ${megabytes(maxTextBytes)} MB analysed at once; cut out the part you want to look at.`,
    );
  }
  const text = await readTextFile(file, what);
  if (text.length === 0) {
    throw new MonosemError(
      'emptyText',
      `${file} is empty: there are no tokens to look at; choose a file with text.`,
    );
  }
  return text;
}
