// Loads an SAE from a folder or file, whatever its format; formats/ has one file per format.
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { exists } from '../files/files.ts';
import {
  isDictionaryLearningFolder,
  loadDictionaryLearning,
} from './formats/dictionaryLearning.ts';
import { isGemmaScopeFolder, loadGemmaScope } from './formats/gemmaScope.ts';
import { isGemmaScope2Folder, loadGemmaScope2 } from './formats/gemmaScope2.ts';
import { isLlamaScopeFolder, loadLlamaScope } from './formats/llamaScope.ts';
import { isSaelensFolder, loadSaelens } from './formats/saelens.ts';
import { isSparsifyFolder, loadSparsify } from './formats/sparsify.ts';
import { loadTorchFile, torchFileAt } from './formats/torchFiles.ts';
import { expectFinite } from './finite.ts';
import type { Sae } from './sae.ts';

type Format = readonly [
  isFormat: (folder: string) => Promise<boolean>,
  load: (folder: string) => Promise<Sae>,
];

/** In the order they are looked for: several have a cfg.json. */
const formats: readonly Format[] = [
  [isGemmaScopeFolder, loadGemmaScope],
  [isGemmaScope2Folder, loadGemmaScope2],
  [isLlamaScopeFolder, loadLlamaScope],
  [isSparsifyFolder, loadSparsify],
  [isDictionaryLearningFolder, loadDictionaryLearning],
  [isSaelensFolder, loadSaelens],
];

/**
 * @param place a folder, or a PyTorch file that is an SAE by itself
 * @throws MonosemError `fileMissing` when there is no SAE, `fileDamaged` where its weights hold NaN or infinity, or what
 *   its format's loader throws
 */
export async function loadSae(place: string): Promise<Sae> {
  const sae = await readSae(path.resolve(place));
  await expectFinite(sae);
  return sae;
}

async function readSae(absolute: string): Promise<Sae> {
  for (const [isFormat, load] of formats) {
    if (await isFormat(absolute)) return load(absolute);
  }
  const file = await torchFileAt(absolute);
  if (file !== undefined) return loadTorchFile(file);
  if (!(await exists(absolute))) {
    throw new MonosemError('fileMissing', `There is no SAE folder ${absolute}; check the path.`);
  }
  throw new MonosemError(
    'fileMissing',
    `The folder ${absolute} holds no SAE; choose one as SAELens, Gemma Scope, Llama Scope, sparsify, dictionary_learning or OpenAI publish them.`,
  );
}
