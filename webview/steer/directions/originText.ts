// Where a direction is from, in words. Pure.
import type { DirectionOrigin } from '../../../src/shared/engineProtocol.ts';
import { t } from '../../../src/shared/l10n.ts';
import { visibleToken } from '../../common/tokenText.ts';

/** Characters of a text on the row, which may have less room for it, and in its tooltip. */
const onRow = 80;
const inTooltip = 400;

/** One part for each text, or for the file. */
export function originParts(origin: DirectionOrigin): readonly string[] {
  return 'file' in origin
    ? [withTensor(origin, baseName(origin.file))]
    : sampleParts(origin, onRow);
}

/** The same at greater length, where a file also says where it lies. */
export function originTitle(origin: DirectionOrigin): string {
  return 'file' in origin
    ? withTensor(origin, origin.file)
    : sampleParts(origin, inTooltip).join('\n');
}

function sampleParts(
  { more, less }: { readonly more: string; readonly less: string },
  most: number,
): readonly string[] {
  return [t('more like “{0}”', shortened(more, most)), t('less like “{0}”', shortened(less, most))];
}

function withTensor({ tensor }: { readonly tensor?: string }, file: string): string {
  return tensor === undefined ? file : t('{0} of {1}', tensor, file);
}

/** On one line, without characters that cannot be seen. */
function shortened(text: string, most: number): string {
  const characters = Array.from(text.trim().replaceAll(/\s+/gu, ' '));
  const cut = characters.length > most ? [...characters.slice(0, most - 1), '…'] : characters;
  return cut.length === 0 ? '' : visibleToken(cut.join(''));
}

/** Of a path of whichever system. */
function baseName(file: string): string {
  return file.split(/[\\/]/u).at(-1) ?? file;
}
