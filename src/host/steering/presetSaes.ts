// Which of the active SAEs a preset means. Its site and the SHA-256 of its weights say it exactly; the same name at the same
// site with other weights is taken, too, and told. Without VS Code.
import { parseNamedEdit } from '../../shared/editText.ts';
import type { NamedEdit, SaeIdentity, SaePlace } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { neuronsOfSite } from '../../shared/saePlace.ts';
import type { Preset, PresetSae } from './preset.ts';

export interface PlacedEdits {
  readonly edits: readonly NamedEdit[];
  /** Names of SAEs that are here with other weights. */
  readonly otherWeights: readonly string[];
}

/**
 * The edits of a preset on this machine.
 * @throws MonosemError `noSae` for an SAE that is not active, `badEdit`
 */
export function placeEdits(preset: Preset, active: readonly SaeIdentity[]): PlacedEdits {
  const found = preset.saes.map((sae) => ({ sae, place: findSae(sae, active) }));
  const names = {
    saes: found.map(({ place }) => place),
    directions: new Set(preset.directions.map(({ name }) => name)),
  };
  return {
    edits: preset.edits.map((edit) => parseNamedEdit(edit, names)),
    otherWeights: found.flatMap(({ sae, place }) => {
      const here = active.find((each) => each.sae === place);
      return 'neurons' in sae || here?.sha256 === sae.sha256 ? [] : [sae.name];
    }),
  };
}

function findSae(wanted: PresetSae, active: readonly SaeIdentity[]): SaePlace {
  if ('neurons' in wanted) {
    const place = neuronsOfSite(wanted.neurons);
    if (active.some(({ sae }) => sae === place)) return place;
    throw notActive(place, wanted.neurons);
  }
  const { name, site, sha256 } = wanted;
  const there = active.filter((each) => each.site === site);
  const found =
    there.find((each) => each.sha256 === sha256) ?? there.find((each) => each.name === name);
  if (found !== undefined) return found.sae;
  throw notActive(name, site);
}

function notActive(name: string, site: string): MonosemError {
  return new MonosemError(
    'noSae',
    t(
      'The preset edits features of {0} at {1}, which is no active sparse autoencoder; choose it, then load the preset again.',
      name,
      site,
    ),
  );
}
