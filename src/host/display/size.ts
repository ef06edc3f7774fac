// Sizes of files for people, in the decimal units that model hubs use. Without VS Code.
import { t } from '../../shared/l10n.ts';
import { figureText } from '../../shared/numberText.ts';

/** At most three significant digits, e.g. `98.3 MB`. */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < 4) {
    size /= 1000;
    unit += 1;
  }
  return withUnit(figureText(size), unit);
}

/** @param power of a thousand */
function withUnit(size: string, power: number): string {
  switch (power) {
    case 0:
      return size === '1' ? t('1 byte') : t('{0} bytes', size);
    case 1:
      return t('{0} KB', size);
    case 2:
      return t('{0} MB', size);
    case 3:
      return t('{0} GB', size);
    default:
      return t('{0} TB', size);
  }
}
