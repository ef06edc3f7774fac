// Whether a text is worth analysing: not when it is empty, binary or huge; and whether as a whole. Without VS Code.
import { Buffer } from 'node:buffer';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { countText } from '../../shared/numberText.ts';

/** How much of a text is looked at to tell whether it is binary, in UTF-16 units. */
const sampleLength = 8192;
/** Above this share of replacement characters a file was decoded from something that is not text. */
const mostReplacements = 0.1;

/** Texts above this are not analysed at all, in kilobytes of UTF-8. */
export const hardLimitKB = 16 * 1024;

export interface Suitability {
  /** Why the text is not analysed. */
  readonly reason?: MonosemError;
  /** Only what is visible is analysed. */
  readonly isLong: boolean;
}

/** @param maxKB largest text analysed as a whole, in kilobytes of UTF-8 */
export function suitability(text: string, maxKB: number): Suitability {
  const reason = whyNot(text);
  return { isLong: isAbove(text, maxKB), ...(reason === undefined ? {} : { reason }) };
}

/** UTF-8 has one to three bytes per UTF-16 unit, so that the length alone mostly tells; counting a large text takes long. */
function isAbove(text: string, kilobytes: number): boolean {
  const limit = kilobytes * 1024;
  if (text.length > limit) return true;
  return 3 * text.length > limit && Buffer.byteLength(text) > limit;
}

function whyNot(text: string): MonosemError | undefined {
  if (text.trim() === '') {
    return new MonosemError(
      'emptyText',
      t('The file is empty: type something to see its features.'),
    );
  }
  if (isAbove(text, hardLimitKB)) {
    return new MonosemError(
      'tooLarge',
      t(
        'The file has {0} KB and only files up to {1} KB are analysed; open a part of it.',
        countText(Math.ceil(Buffer.byteLength(text) / 1024)),
        countText(hardLimitKB),
      ),
    );
  }
  const sample = text.slice(0, sampleLength);
  const replacements = sample.split('\uFFFD').length - 1;
  if (sample.includes('\0') || replacements > sample.length * mostReplacements) {
    return new MonosemError('notText', t('The file looks binary, so there are no tokens to show.'));
  }
  return undefined;
}
