// What the engine knows of a sparse autoencoder, whatever file format it came from: shapes, conventions and where
// its tensors lie. Weights stay in their file; graphs reference them there, and encode.ts reads them when needed.
//   x̃ = x − [applyBDecToInput] b_dec       z = x̃ · W_enc + b_enc
//   standard: f = ReLU(z)     jumprelu: f = ReLU(z) · 1[z > θ]     topk: f = ReLU of the k largest z, else 0
//   x̂ = f · W_dec + b_dec
// (SAELens `sae_lens/saes`: standard_sae.py, jumprelu_sae.py, topk_sae.py.)
import { MonosemError } from '../../shared/errors.ts';
import type { StoredTensor } from '../files/storedTensor.ts';

interface SaeCommon {
  /** For people: the name of its folder. */
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  /** The file with the weights, absolute path; its SHA-256 identifies the SAE. */
  readonly weightsFile: string;
  /** TransformerLens name of the place it reads, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  /** Model it was trained on, as its own configuration calls it. */
  readonly modelName?: string;
  /** Longest context it was trained on, in tokens. */
  readonly contextSize?: number;
  /** Model width. */
  readonly D: number;
  /** Number of features. */
  readonly F: number;
  /** [D, F] */
  readonly W_enc: StoredTensor;
  /** [F] */
  readonly b_enc: StoredTensor;
  /** [F, D] */
  readonly W_dec: StoredTensor;
  /** [D] */
  readonly b_dec: StoredTensor;
  /** b_dec is subtracted from the input before encoding. */
  readonly applyBDecToInput: boolean;
  /** Its training texts began with the BOS token, so analysed texts must too. */
  readonly prependBos: boolean;
}

export interface StandardSae extends SaeCommon {
  readonly architecture: 'standard';
}

export interface JumpReluSae extends SaeCommon {
  readonly architecture: 'jumprelu';
  /** θ [F] */
  readonly threshold: StoredTensor;
}

export interface TopKSae extends SaeCommon {
  readonly architecture: 'topk';
  /** Features kept per token; 1 ≤ k ≤ F. */
  readonly k: number;
}

export type Sae = StandardSae | JumpReluSae | TopKSae;

/** @throws MonosemError `saeDoesNotFit` when the SAE reads vectors of another width than the model has */
export function expectWidth(sae: Sae, modelName: string, dModel: number): void {
  if (sae.D === dModel) return;
  throw new MonosemError(
    'saeDoesNotFit',
    `The SAE ${sae.name} reads vectors of width ${sae.D}, but the model ${modelName} has width ${dModel}; choose an SAE trained on this model.`,
  );
}

/** @throws MonosemError `unknownFeature` */
export function expectFeature(sae: Sae, feature: number): void {
  if (Number.isInteger(feature) && feature >= 0 && feature < sae.F) return;
  throw new MonosemError(
    'unknownFeature',
    `The SAE ${sae.name} has no feature ${feature}; choose an id from 0 to ${sae.F - 1}.`,
  );
}
