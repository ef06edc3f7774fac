// The direction that an edit is along, as people write it: `calm@blocks.2.hook_resid_post`.
import type { DirectionEdit } from '../engineProtocol.ts';
import { MonosemError } from '../errors.ts';
import { t } from '../l10n.ts';

/** UTF-16 units of the longest name that a direction is given. */
export const longestDirectionName = 64;

const target = /^([\p{L}\p{N}_.-]+)@([\w.]+)$/u;

/** Whether an edit along a direction of this name at this place can be written. */
export function canBeWritten({ name = '', site }: Pick<DirectionEdit, 'name' | 'site'>): boolean {
  return target.test(`${name}@${site}`);
}

/** `undefined` for what names no direction and place. */
export function readTarget(
  text: string,
): { readonly name: string; readonly site: string } | undefined {
  const [, name, site] = target.exec(text) ?? [];
  return name === undefined || site === undefined ? undefined : { name, site };
}

/** @throws MonosemError `badEdit` for a direction without a name that can be written */
export function writeTarget(edit: Pick<DirectionEdit, 'name' | 'site'>): string {
  const { name = '', site } = edit;
  if (canBeWritten(edit)) return `${name}@${site}`;
  throw new MonosemError(
    'badEdit',
    t(
      'The direction "{0}" at {1} has no name that can be written; name it with letters, digits, dots and dashes.',
      name,
      site,
    ),
  );
}
