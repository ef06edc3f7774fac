// Prepares the inputs of a steering program that say which features are edited, and how they are read and written. They
// stay the same for a whole generation; only gains and biases change from run to run.
import { featureIndex, type FeatureIndex } from '../../shared/units.ts';
import type { Program } from '../model/program.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';
import { editedFeatureFeeds, readDecoderRows } from '../sae/rows.ts';
import type { Sae } from '../sae/sae.ts';
import { interventionInputs } from './interventions.ts';
import type { EditedRows } from './rows.ts';

/** Stands for none in an SAE without edits; unchanged, it adds exactly zero. */
const anyFeature = featureIndex(0);

/**
 * @param program from `openSteerProgram` for the same SAEs
 * @param features edited features of each SAE
 * @throws MonosemError `unknownFeature`
 */
export async function editRows(
  program: Program,
  saes: readonly Sae[],
  features: readonly (readonly FeatureIndex[])[],
): Promise<EditedRows> {
  const edited: (readonly FeatureIndex[])[] = [];
  const feeds: Record<string, OnnxTensor> = {};
  for (const [n, sae] of saes.entries()) {
    const wanted = features[n] ?? [];
    const own = wanted.length === 0 ? [anyFeature] : wanted;
    const decoder = await readDecoderRows(sae, own);
    Object.assign(feeds, await editedFeatureFeeds(sae, own, n));
    feeds[interventionInputs(n).decoder] = { type: 'float32', ...decoder };
    edited.push(own);
  }
  return { program, features: edited, feeds };
}
