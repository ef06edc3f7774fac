// Whatever reads a model, by the name that calls give it: an SAE from its files, neurons from the model itself.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { siteOfNeurons } from '../../shared/saePlace.ts';
import type { OpenModel } from '../model/openModel.ts';
import { loadSae } from './load.ts';
import { neuronsOf } from './neurons.ts';
import type { Sae } from './sae.ts';

/**
 * @param model that it is to read; only neurons wait for it
 * @throws what loading an SAE throws, MonosemError `unknownSite` or `badArgument` for neurons that are not there
 */
export async function openSae(
  place: SaePlace,
  model: OpenModel | Promise<OpenModel>,
): Promise<Sae> {
  const site = siteOfNeurons(place);
  return site === undefined ? loadSae(place) : neuronsOf(await model, site);
}
