// Whether two texts can be compared: both are text, at least one is not empty, and neither is too long to be analysed
// as a whole. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { suitability } from '../documents/suitability.ts';

type NamedText = readonly [name: string, text: string];

/**
 * @param maxKB largest text analysed as a whole, in kilobytes of UTF-8
 * @throws MonosemError `emptyText`, `notText` or `tooLarge` with the name of the text
 */
export function checkComparable(left: NamedText, right: NamedText, maxKB: number): void {
  if ([left, right].every(([, text]) => text.trim() === '')) {
    throw new MonosemError(
      'emptyText',
      t('{0} and {1} are empty: type something into one of them to compare it.', left[0], right[0]),
    );
  }
  for (const [name, text] of [left, right]) {
    const { isLong, reason } = suitability(text, maxKB);
    if (reason?.code === 'notText') {
      throw new MonosemError(
        'notText',
        t('{0} looks binary, so it has no tokens to compare; choose a file with text.', name),
      );
    }
    if (isLong) {
      throw new MonosemError(
        'tooLarge',
        t(
          '{0} is larger than {1} KB, up to which files are compared: raise “monosem.analysis.maxFileKB”, or compare parts of it.',
          name,
          maxKB,
        ),
      );
    }
  }
}
