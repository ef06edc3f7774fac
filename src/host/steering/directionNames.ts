// Names for directions: unique whatever their capitals, and such that edits along them can be written. Without VS Code.
import type { DirectionOrigin } from '../../shared/engineProtocol.ts';
import { longestDirectionName } from '../../shared/editText/directionText.ts';
import { sameName } from '../../shared/namedEdits.ts';

/** `direction-1` and so on for texts; a file gives the direction its own name. */
export function freeName(origin: DirectionOrigin, taken: readonly string[]): string {
  const isFree = (name: string): boolean => !taken.some((other) => sameName(other, name));
  const stem = 'file' in origin ? stemOf(origin.file) : '';
  if (stem !== '' && isFree(stem)) return stem;
  const [base, first] = stem === '' ? ['direction', 1] : [stem, 2];
  for (let n = first; ; n++) {
    const name = `${base}-${n}`;
    if (isFree(name)) return name;
  }
}

/** What a file is called without folder and ending, of the characters that names have; empty where none is left. */
function stemOf(file: string): string {
  const own = file.replace(/^.*[/\\]/s, '').replace(/\.safetensors$/i, '');
  const plain = own.normalize('NFC').replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-');
  // Room for a number behind it; no half of a character.
  const cut = plain.slice(0, longestDirectionName - 4).replace(/[\uD800-\uDBFF]$/, '');
  return cut.replaceAll(/^[.-]+|[.-]+$/g, '');
}
