// Whether a text is worth analysing: not when it is empty, binary or larger than the user wants. Without VS Code.
import { Buffer } from 'node:buffer';
import { MonosemError } from '../../shared/errors.ts';

/** How much of a text is looked at to tell whether it is binary, in UTF-16 units. */
const sampleLength = 8192;
/** Above this share of replacement characters a file was decoded from something that is not text. */
const mostReplacements = 0.1;

/**
 * @param maxKB largest text analysed, in kilobytes of UTF-8
 * @returns why not, or `undefined` if the text is fine
 */
export function unsuitability(text: string, maxKB: number): MonosemError | undefined {
  if (text.trim() === '') {
    return new MonosemError('emptyText', 'The file is empty: type something to see its features.');
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > maxKB * 1024) {
    const size = Math.ceil(bytes / 1024).toLocaleString('en');
    return new MonosemError(
      'tooLarge',
      `The file has ${size} KB and only files up to ${maxKB.toLocaleString('en')} KB are analysed: raise monosem.analysis.maxFileKB to include it.`,
    );
  }
  const sample = text.slice(0, sampleLength);
  const replacements = sample.split('\uFFFD').length - 1;
  if (sample.includes('\0') || replacements > sample.length * mostReplacements) {
    return new MonosemError('notText', 'The file looks binary, so there are no tokens to show.');
  }
  return undefined;
}
