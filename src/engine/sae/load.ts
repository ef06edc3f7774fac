// Loads an SAE from a folder, whatever its format; formats/ has one file per format.
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { isFolder } from '../files/files.ts';
import { isSaelensFolder, loadSaelens } from './formats/saelens.ts';
import type { Sae } from './sae.ts';

/** @throws MonosemError `fileMissing` when there is no SAE in the folder, or what its format's loader throws */
export async function loadSae(folder: string): Promise<Sae> {
  if (await isSaelensFolder(folder)) return loadSaelens(folder);
  const absolute = path.resolve(folder);
  if (!(await isFolder(absolute))) {
    throw new MonosemError('fileMissing', `There is no SAE folder ${absolute}; check the path.`);
  }
  throw new MonosemError(
    'fileMissing',
    `The folder ${absolute} holds no SAE; choose one with cfg.json and sae_weights.safetensors, as SAELens writes them.`,
  );
}
