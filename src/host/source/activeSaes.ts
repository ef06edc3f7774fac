// Which SAEs are active at once: written to the settings, where nothing is written while it is what the model comes with.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import type { Services } from '../services.ts';
import { isSameValue, readSetting, writeSetting } from '../settings.ts';
import { saePlaces, standardSaes } from './source.ts';

/** The active ones without the neurons that only the chosen view adds. */
export async function chosenSaes({ sourceSettings }: Services): Promise<readonly SaePlace[]> {
  return saePlaces({ ...sourceSettings(), neurons: undefined });
}

/** @param saes none: what comes with the model */
export async function chooseActiveSaes(
  { log, sourceSettings }: Services,
  saes: readonly SaePlace[],
): Promise<void> {
  const standard = await standardSaes(sourceSettings());
  // What is taken anyway is not written down: the setting stays empty and follows the model.
  const isStandard = readSetting('saes').length === 0 && isSameValue(saes, standard);
  const value = isStandard ? [] : [...new Set(saes)];
  log.info(`Sparse autoencoders: ${value.length === 0 ? 'that of the model' : value.join(', ')}`);
  await writeSetting('saes', value);
}
