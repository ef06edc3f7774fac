// How calls name what reads a model: an SAE by its path, a layer of the model's own neurons by `neurons:` and their site.
// Knows names only; whether a model has the place is the engine's to say.
import type { SaePlace } from './engineProtocol.ts';
import { t } from './l10n.ts';

const neurons = 'neurons:';

const neuronSitePattern = /^blocks\.(\d+)\.mlp\.hook_post$/;

/** The site behind `neurons:`; `undefined` for the path of an SAE. */
export function siteOfNeurons(place: SaePlace): string | undefined {
  return place.startsWith(neurons) ? place.slice(neurons.length) : undefined;
}

/** The neurons at a site, as calls name them. */
export function neuronsOfSite(site: string): SaePlace {
  return `${neurons}${site}`;
}

/** The block whose MLP has its hidden activations at this site; `undefined` for any other kind of site. */
export function blockOfNeurons(site: string): number | undefined {
  const [, block] = neuronSitePattern.exec(site) ?? [];
  return block === undefined ? undefined : Number(block);
}

/** For people. */
export function nameOfNeurons(block: number): string {
  return t('MLP neurons of block {0}', block);
}

/** The neurons of the MLP of a block, as calls name them. */
export function neuronsOfBlock(block: number): SaePlace {
  return neuronsOfSite(`blocks.${block}.mlp.hook_post`);
}
