// Reads directions that came from outside: from the steering view, or from what an earlier window has stored. Whether the
// model has the place, and can have the direction, is for the engine to say.
import type { DirectionOrigin, NamedDirection } from '../../shared/engineProtocol.ts';
import { canBeWritten, longestDirectionName } from '../../shared/editText/directionText.ts';
import { sameName } from '../../shared/namedEdits.ts';
import { longestDirectionText, mostDirections } from '../steering/directions.ts';
import { type Named, readList } from './readValues.ts';
import { fieldsOf } from './viewMessages.ts';

/** Longer than the path of any file. */
const longestPath = 32_768;
const longestSite = 200;

/** `undefined` for what is no list of directions, or names two of them alike. */
export function readDirections(value: unknown): readonly NamedDirection[] | undefined {
  const read = readList(value, mostDirections, readDirection);
  const isUnique = read?.every(
    ({ name }, n) => !read.slice(0, n).some((other) => sameName(other.name, name)),
  );
  return isUnique === true ? read : undefined;
}

/** The name of a direction and where it is, of which an edit along it can be written. */
export function readPlace(
  fields: Named<'name' | 'site'>,
): Pick<NamedDirection, 'name' | 'site'> | undefined {
  const { name } = fields;
  const site = readSite(fields);
  if (typeof name !== 'string' || name.length > longestDirectionName || site === undefined)
    return undefined;
  return canBeWritten({ name, site }) ? { name, site } : undefined;
}

export function readSite({ site }: Named<'site'>): string | undefined {
  return typeof site === 'string' && site !== '' && site.length <= longestSite ? site : undefined;
}

function readDirection(value: unknown): NamedDirection | undefined {
  const fields = (fieldsOf(value) ?? {}) as Named<keyof NamedDirection>;
  const place = readPlace(fields);
  const origin = readOrigin(fields.origin);
  return place && origin && { ...place, origin };
}

function readOrigin(value: unknown): DirectionOrigin | undefined {
  const { more, less, file, tensor } = (fieldsOf(value) ?? {}) as Named<
    'more' | 'less' | 'file' | 'tensor'
  >;
  if (isText(more, longestDirectionText) && isText(less, longestDirectionText))
    return { more, less };
  if (!isText(file, longestPath) || file === '') return undefined;
  if (tensor === undefined) return { file };
  return isText(tensor, longestPath) ? { file, tensor } : undefined;
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}
