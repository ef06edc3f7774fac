// A preset: edits and settings of steering as a file that people read, share and keep under version control.
//   { "version": 1, "monosem": "0.1.0", "name", "model", "saes": [{ "name", "site", "sha256" } | { "neurons": SITE }],
//     "directions"?, "prompt", "edits": ["12:clamp=3max", "2/7:ablate,active", "calm@SITE:add=2"], "settings": { … } }
// Edits are in the text form of shared/editText.ts, N/ being the N-th entry of "saes". An SAE goes by its site and the
// SHA-256 of its weights, which are the same on every machine, and by its name for people. No folder is in it. Directions are
// those of presetDirections.ts; a reader that does not know them refuses the edits along them. Without VS Code.
import { writeSteerEdit } from '../../shared/editText.ts';
import type { NamedEdit, SaeIdentity } from '../../shared/engineProtocol.ts';
import { siteOfNeurons } from '../../shared/saePlace.ts';
import { version } from '../../shared/version.ts';
import type { PresetDirection } from './presetDirections.ts';
import { Fields } from './presetFields.ts';
import { readPresetSettings, type PresetSettings } from './presetSettings.ts';

/** Raised by one whenever a field changes its meaning. */
export const presetVersion = 1;

export type PresetSae = { readonly neurons: string } | Required<Omit<SaeIdentity, 'sae'>>;

export interface Preset {
  readonly name: string;
  /** What the model is called that it was made with. */
  readonly model?: string;
  readonly prompt?: string;
  /** Those that the edits are about. */
  readonly saes: readonly PresetSae[];
  /** Those that the edits are along. */
  readonly directions: readonly PresetDirection[];
  /** As people write them; N/ is the N-th of `saes`. */
  readonly edits: readonly string[];
  readonly settings: PresetSettings;
}

export interface PresetContents {
  readonly name: string;
  readonly model: string;
  readonly prompt: string;
  readonly directions: readonly PresetDirection[];
  readonly edits: readonly NamedEdit[];
  readonly settings: PresetSettings;
}

/**
 * @param active the SAEs in use; only those are named that the edits are about
 * @throws MonosemError `badEdit` for an edit of an SAE that is not active
 */
export function makePreset(
  { settings, edits, ...contents }: PresetContents,
  active: readonly SaeIdentity[],
): Preset {
  const places = new Set(
    edits.flatMap((edit) => [
      ...('feature' in edit ? [edit.sae] : []),
      ...(edit.onlyWhile ? [edit.onlyWhile.sae] : []),
    ]),
  );
  const used = active.filter(({ sae }) => places.has(sae));
  return {
    ...contents,
    // What a preset does not know is not kept.
    settings: readPresetSettings(Fields.of(settings, contents.name)),
    saes: used.map(portable),
    edits: edits.map((edit) =>
      writeSteerEdit(
        edit,
        used.map(({ sae }) => sae),
      ),
    ),
  };
}

/** The content of its file. */
export function writePreset({
  name,
  model,
  prompt,
  saes,
  directions,
  edits,
  settings,
}: Preset): string {
  const content = {
    ...{ version: presetVersion, monosem: version, name, model, saes },
    ...(directions.length > 0 && { directions }),
    ...{ prompt, edits, settings },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function portable({ sae, name, site, sha256 }: SaeIdentity): PresetSae {
  const neurons = siteOfNeurons(sae);
  return sha256 === undefined || neurons !== undefined
    ? { neurons: neurons ?? site }
    : { name, site, sha256 };
}
