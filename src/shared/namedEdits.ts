// Edits and the directions that they go along by name.
import type { NamedDirection, NamedEdit, SteerEdit } from './engineProtocol.ts';
import { MonosemError } from './errors.ts';
import { t } from './l10n.ts';

/** Names of the directions that edits are along, each once, in the order of the edits. */
export function directionNames(edits: readonly (SteerEdit | NamedEdit)[]): readonly string[] {
  return [...new Set(edits.flatMap((edit) => ('feature' in edit ? [] : [edit.name ?? ''])))];
}

/** Names that differ in capitals only would be one file on some machines. */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The directions that edits are along. @throws MonosemError `badEdit` for one that is none of these */
export function directionsOf(
  edits: readonly (SteerEdit | NamedEdit)[],
  known: readonly NamedDirection[],
): readonly NamedDirection[] {
  return directionNames(edits).map((name) => {
    const found = known.find((each) => each.name === name);
    if (found !== undefined) return found;
    throw new MonosemError(
      'badEdit',
      t('There is no direction "{0}" here; make it first, or remove its edit.', name),
    );
  });
}

/**
 * The edit with the numbers of its direction.
 * @param numbers [D] by name
 */
export function withNumbers(
  edit: NamedEdit,
  numbers: ReadonlyMap<string, Float32Array>,
): SteerEdit {
  if ('feature' in edit) return edit;
  const direction = numbers.get(edit.name);
  if (direction !== undefined) return { ...edit, direction };
  throw new MonosemError('internal', `Nobody has the numbers of the direction ${edit.name}.`);
}
