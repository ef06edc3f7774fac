// Writes a trained SAE in the SAELens folder format. `batchtopk` becomes `jumprelu` with one threshold for all features,
// as SAELens saves it: f = z · 1[z > θ] needs no other tokens, and an edit to one feature leaves the rest alone.
import { writeSaelens } from '../sae/formats/saelens.ts';
import type { TrainedWeights } from './architectures.ts';
import type { TrainerSettings } from './settings.ts';

export interface TrainedDescription {
  readonly settings: TrainerSettings;
  readonly site: string;
  readonly modelName: string;
  /** Tokens per training text, BOS included. */
  readonly contextSize: number;
  readonly datasetPath: string;
}

/** Every text began with BOS, which was not trained on. */
export async function saveTrained(
  folder: string,
  weights: TrainedWeights,
  description: TrainedDescription,
): Promise<void> {
  const { D, F, encoder, decoder, encoderBias, decoderBias, threshold } = weights;
  const { settings, ...rest } = description;
  const tensors = {
    W_enc: { dims: [D, F], data: encoder },
    b_enc: { dims: [F], data: encoderBias },
    W_dec: { dims: [F, D], data: decoder },
    b_dec: { dims: [D], data: decoderBias },
  };
  const common = { ...rest, applyBDecToInput: true, prependBos: true };
  if (settings.architecture === 'topk') {
    const activation = { architecture: 'topk', k: settings.k } as const;
    await writeSaelens(folder, tensors, { ...common, activation });
    return;
  }
  const thresholds = { dims: [F], data: new Float32Array(F).fill(threshold) };
  const activation = { architecture: 'jumprelu' } as const;
  await writeSaelens(folder, { ...tensors, threshold: thresholds }, { ...common, activation });
}
