// What the files of presets are called. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** Code points; with four bytes each, names stay below the 255 bytes of file systems. */
const longestFileName = 60;

/** Names that Windows keeps for devices, whatever their ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * What the file of a preset is called, without its ending: a name on every file system.
 * @throws MonosemError `badArgument` for a name without letters and digits
 */
export function presetFileName(name: string): string {
  const plain = name.normalize('NFC').replaceAll(/[^\p{L}\p{N} ._-]/gu, '-');
  const cut = Array.from(plain.replace(/^[ .]+/, '')).slice(0, longestFileName);
  const file = cut.join('').replace(/[ .]+$/, '');
  if (/[\p{L}\p{N}]/u.test(file)) return devices.test(file) ? `${file}-`.replace('.', '-') : file;
  throw new MonosemError(
    'badArgument',
    t('"{0}" is no name for a preset; use letters and digits.', name),
  );
}
