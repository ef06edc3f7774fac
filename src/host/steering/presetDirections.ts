// Directions in presets: with the texts they are made of, or with a file beside the preset. Without VS Code.
//   "directions": [{ "name", "site", "more", "less" } | { "name", "site", "file": "calm.safetensors", "tensor"? }]
import type { NamedDirection } from '../../shared/engineProtocol.ts';
import { canBeWritten, longestDirectionName } from '../../shared/editText/directionText.ts';
import { t } from '../../shared/l10n.ts';
import { sameName } from '../../shared/namedEdits.ts';
import { longestDirectionText, mostDirections } from './directions.ts';
import { Fields } from './presetFields.ts';
import { isDirectionFile, type PresetFiles } from './presetFiles.ts';

const longestSite = 200;
const longestFile = 200;
const longestTensor = 1000;

/** A file is a plain name in the folder of the preset. */
export type PresetDirection = Pick<NamedDirection, 'name' | 'site'> &
  (
    | { readonly more: string; readonly less: string }
    | { readonly file: string; readonly tensor?: string }
  );

/**
 * The directions as presets have them; their files are copied beside the preset.
 * @param readFile the content of a file anywhere on this machine
 * @throws MonosemError what reading and copying can throw
 */
export async function portableDirections(
  directions: readonly NamedDirection[],
  files: PresetFiles,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly PresetDirection[]> {
  const portable: PresetDirection[] = [];
  for (const { name, site, origin } of directions) {
    if ('more' in origin) {
      portable.push({ name, site, ...origin });
    } else {
      const own = origin.file.replace(/^.*[/\\]/s, '');
      const file = await files.keep(own, await readFile(origin.file));
      portable.push({ ...{ name, site }, ...origin, file });
    }
  }
  return portable;
}

/** The directions of a preset on this machine. @throws MonosemError as {@link PresetFiles.find} */
export async function placeDirections(
  directions: readonly PresetDirection[],
  files: PresetFiles,
): Promise<readonly NamedDirection[]> {
  return Promise.all(
    directions.map(async ({ name, site, ...origin }) =>
      'more' in origin
        ? { name, site, origin }
        : { name, site, origin: { ...origin, file: await files.find(origin.file) } },
    ),
  );
}

/**
 * @param preset its field `directions` is read
 * @param file of the preset, for sentences
 * @returns the directions, and which of their fields nobody knows
 * @throws MonosemError `fileDamaged`
 */
export function readPresetDirections(
  preset: Fields,
  file: string,
): { readonly directions: readonly PresetDirection[]; readonly ignored: readonly string[] } {
  const entries = preset
    .list('directions', mostDirections)
    .map((value, n) => Fields.of(value, file, `directions[${n}]`));
  const directions = entries.map(readDirection);
  for (const [n, { name }] of directions.entries()) {
    const isNew = !directions.slice(0, n).some((other) => sameName(other.name, name));
    entries[n]?.required('name', isNew || undefined, t('another name than those before'));
  }
  return { directions, ignored: entries.flatMap(({ unknown }) => unknown) };
}

function readDirection(fields: Fields): PresetDirection {
  const text = (name: string, longest: number): string =>
    fields.required(name, fields.text(name, longest), t('a text'));
  const [name, site] = [text('name', longestDirectionName), text('site', longestSite)];
  fields.required(
    'name',
    canBeWritten({ name, site: 'site' }) || undefined,
    t('a name of letters, digits, dots, dashes and underscores'),
  );
  fields.required('site', canBeWritten({ name, site }) || undefined, t('the name of a site'));
  const file = fields.text('file', longestFile);
  if (file === undefined) {
    const [more, less] = [text('more', longestDirectionText), text('less', longestDirectionText)];
    return { name, site, more, less };
  }
  fields.required(
    'file',
    isDirectionFile(file) || undefined,
    t('the name of a .safetensors file beside the preset, without a folder'),
  );
  const tensor = fields.text('tensor', longestTensor);
  return { name, site, file, ...(tensor !== undefined && { tensor }) };
}
