// SAEs as a list to tick: by the name of the folder, with the site where it is known and says more. Without VS Code.
import { basename, dirname } from 'node:path';
import type { SaePlace } from '../../shared/engineProtocol.ts';
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
