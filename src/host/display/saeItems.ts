// SAEs as a list to tick: by the name of the folder, with the site where it is known and says more. Without VS Code.
import { basename, dirname } from 'node:path';
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { t } from '../../shared/l10n.ts';
import { blockOfNeurons, nameOfNeurons, siteOfNeurons } from '../../shared/saePlace.ts';
import { oneLine } from './oneLine.ts';

export interface SaeListItem {
  readonly label: string;
  readonly description: string;
  /** The folder it lies in. */
  readonly detail: string;
  readonly sae: SaePlace;
}

/** @param sites of those the engine has looked into */
export function saeItems(
  saes: readonly SaePlace[],
  sites: ReadonlyMap<SaePlace, string>,
): readonly SaeListItem[] {
  return saes.map((sae) => {
    const neurons = siteOfNeurons(sae);
    if (neurons !== undefined) return neuronItem(sae, neurons);
    const name = basename(sae);
    const site = sites.get(sae) ?? '';
    return {
      label: oneLine(name),
      description: site === name ? '' : oneLine(site),
      detail: oneLine(dirname(sae)),
      sae,
    };
  });
}

function neuronItem(sae: SaePlace, site: string): SaeListItem {
  const block = blockOfNeurons(site);
  const label = block === undefined ? sae : nameOfNeurons(block);
  return { label: oneLine(label), description: oneLine(site), detail: t('the model itself'), sae };
}
