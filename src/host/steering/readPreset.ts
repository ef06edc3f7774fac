// Reads a preset that may come from anybody: what is wrong is refused by name, what nobody knows is told. Without VS Code.
import { parseNamedEdit } from '../../shared/editText.ts';
import type { NamedEdit } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { featureKey } from '../../shared/featureRef.ts';
import { t } from '../../shared/l10n.ts';
import { presetVersion, type Preset, type PresetSae } from './preset.ts';
import { readPresetDirections } from './presetDirections.ts';
import { Fields } from './presetFields.ts';
import { readPresetSettings } from './presetSettings.ts';

/** Bounds of what is read: nothing that a person makes by hand is larger. */
export const largestPresetBytes = 1_000_000;
const longestPrompt = 200_000;
const longestEdit = 10_000;
const longestName = 200;
const mostEdits = 256;
const mostSaes = 64;

/**
 * @param file for sentences
 * @returns the preset, and what of the file was left out
 * @throws MonosemError `fileDamaged`, `badEdit`: what is wrong, and where
 */
export function readPreset(
  text: string,
  file: string,
): { readonly preset: Preset; readonly ignored: readonly string[] } {
  const fields = Fields.of(parsed(text, file), file);
  expectVersion(fields, file);
  fields.text('monosem', longestName);
  const [model, prompt] = [fields.text('model', longestName), fields.text('prompt', longestPrompt)];
  const saes = fields
    .list('saes', mostSaes)
    .map((value, n) => Fields.of(value, file, `saes[${n}]`));
  const settings = Fields.of(fields.object('settings'), file, 'settings');
  const { directions, ignored: unknown } = readPresetDirections(fields, file);
  const preset: Preset = {
    name: fields.required('name', fields.text('name', longestName), t('a text')),
    ...(model !== undefined && { model }),
    ...(prompt !== undefined && { prompt }),
    saes: saes.map(readSae),
    directions,
    edits: fields.texts('edits', mostEdits, longestEdit),
    settings: readPresetSettings(settings),
  };
  const names = {
    saes: preset.saes.map((_, n) => String(n)),
    directions: new Set(directions.map(({ name }) => name)),
  };
  expectOneEach(
    preset.edits.map((edit) => parseNamedEdit(edit, names)),
    file,
  );
  const ignored = [fields, ...saes, settings].flatMap((each) => each.unknown);
  return { preset, ignored: [...ignored, ...unknown] };
}

/** The steering panel has one edit per feature and direction; another one would be lost without a word. */
function expectOneEach(edits: readonly NamedEdit[], file: string): void {
  const seen = new Set<string>();
  for (const edit of edits) {
    const key = 'feature' in edit ? featureKey(edit) : edit.name;
    if (seen.has(key)) throw editedTwice(edit, file);
    seen.add(key);
  }
}

function editedTwice(edit: NamedEdit, file: string): MonosemError {
  const target = 'feature' in edit ? t('feature {0}', edit.feature) : t('direction {0}', edit.name);
  return new MonosemError(
    'badEdit',
    t(
      '{0} edits {1} twice, and the steering panel has one edit of each; keep one of them, or give both to the monosem command.',
      file,
      target,
    ),
  );
}

function readSae(fields: Fields): PresetSae {
  const neurons = fields.text('neurons', longestName);
  if (neurons !== undefined) return { neurons };
  const text = (name: string): string =>
    fields.required(name, fields.text(name, longestName), t('a text'));
  const sha256 = text('sha256');
  return {
    ...{ name: text('name'), site: text('site') },
    sha256: fields.required(
      'sha256',
      /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined,
      t('64 hexadecimal digits'),
    ),
  };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    throw new MonosemError(
      'fileDamaged',
      t('{0} is no JSON, so it is no preset; correct the file or save it anew.', file),
      { cause: error },
    );
  }
}

function expectVersion(fields: Fields, file: string): void {
  const found = fields.number('version', { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true });
  if (fields.required('version', found, '1') === presetVersion) return;
  throw new MonosemError(
    'fileDamaged',
    t('{0} was written by a newer Monosem; update Monosem to load it.', file),
  );
}
