// What the engine knows of a sparse autoencoder or transcoder, whatever file format it came from, and of neurons, whose
// matrices are the identity: shapes, conventions
// and where its tensors lie. Weights stay in their file; graphs reference them there, and encode.ts reads them when
// needed. This is the whole arithmetic; every format is brought to it, and nothing above knows a format.
//   x' = norm(x − [centre] mean x)          x̃ = x' − [applyBDecToInput] b_dec
//   z  = (x̃ · W_enc + b_enc) ⊙ n            n = ‖W_dec rows‖ with rescaleByDecoderNorm, else 1
//   f  = activation(z), see SaeActivation
//   x̂  = norm⁻¹((f ⊙ decoderScale ÷ n) · W_dec + b_dec) + x · W_skip + [centre] mean x
// Without norm⁻¹ and mean x where outputInModelUnits. (SAELens `sae_lens/saes`: sae.py, standard_sae.py, jumprelu_sae.py, topk_sae.py, gated_sae.py, transcoder.py;
// EleutherAI sparsify `sparse_coder.py`.)
import { MonosemError } from '../../shared/errors.ts';
import type { Tensor } from '../../shared/tensor.ts';
import type { StoredTensor } from '../files/storedTensor.ts';

/** A vector in its file, or one that a format derives from what its file holds. A scalar [] or [1] stands for all. */
export type SaeVector = StoredTensor | Tensor;

/** A matrix in its file, as it lies or the other way round. */
export interface StoredMatrix {
  readonly stored: StoredTensor;
  /** The file holds the transpose of what is meant. */
  readonly isTransposed: boolean;
}

/** No file holds it, and no graph multiplies by it. */
export interface IdentityMatrix {
  /** Its rows, and its columns. */
  readonly identity: number;
}

export type SaeMatrix = StoredMatrix | IdentityMatrix;

export type SaeActivation =
  /** f = ReLU(z) */
  | { readonly kind: 'relu' }
  /** f = z, of either sign. What is active and how features rank goes by value: f > 0, the largest first. */
  | { readonly kind: 'identity' }
  /** f = ReLU(z) · 1[z > θ], θ [F] */
  | { readonly kind: 'jumprelu'; readonly threshold: SaeVector }
  /** f = ReLU of the k largest z, else 0; 1 ≤ k ≤ F */
  | { readonly kind: 'topk'; readonly k: number }
  /** F features lie in k groups of neighbours; f = ReLU of the largest z of each group, else 0 */
  | { readonly kind: 'groupmax'; readonly k: number }
  /** p = x̃ · W_enc; f = 1[p + b_gate > 0] · ReLU(p ⊙ exp(r_mag) + b_mag), each [F]; there is no b_enc */
  | {
      readonly kind: 'gated';
      readonly b_gate: SaeVector;
      readonly r_mag: SaeVector;
      readonly b_mag: SaeVector;
    };

export type InputNormalisation =
  | { readonly kind: 'none' }
  /** x · factor, undone by ÷ factor: what makes the mean norm √D on the training data */
  | { readonly kind: 'expectedAverageOnlyIn'; readonly factor: number }
  /** x · √D ÷ ‖x‖ per token, undone by · ‖x‖ ÷ √D */
  | { readonly kind: 'constantNormRescale' }
  /** (x − μ) ÷ (s + ε) per token, s the deviation with D − 1; undone by · s + μ */
  | { readonly kind: 'layerNorm'; readonly epsilon: number };

export interface Sae {
  /** For people: the name of its folder. */
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  /** The file with the weights, absolute path; its SHA-256 and the site identify the SAE. Of neurons, the model's. */
  readonly weightsFile: string;
  /** Whose files these are, e.g. `SAELens`. */
  readonly format: string;
  /** What its format calls the kind of SAE it is, e.g. `jumprelu`, `skip_transcoder`. */
  readonly architecture: string;
  /** TransformerLens name of the place it reads, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  /** Where its reconstruction belongs: `site`, but for transcoders. */
  readonly outputSite: string;
  /** Model it was trained on, as its own configuration calls it. */
  readonly modelName?: string;
  /** Longest context it was trained on, in tokens. */
  readonly contextSize?: number;
  /** Width of what it reads. */
  readonly D: number;
  /** Width of what it writes. */
  readonly DOut: number;
  /** Number of features. */
  readonly F: number;
  readonly activation: SaeActivation;
  /** [D, F] */
  readonly W_enc: SaeMatrix;
  /** [F]; zero where it is missing. */
  readonly b_enc?: SaeVector;
  /** [F, DOut] */
  readonly W_dec: SaeMatrix;
  /** [DOut] */
  readonly b_dec: SaeVector;
  /** [D, DOut] */
  readonly W_skip?: SaeMatrix;
  /** b_dec is subtracted from the normalised input before encoding; never so where DOut is another place than D. */
  readonly applyBDecToInput: boolean;
  readonly inputNormalisation: InputNormalisation;
  /** What is decoded is in the model's units already, whatever was done to the input: some transcoders. */
  readonly outputInModelUnits?: true;
  /** It was trained on activations without their mean over the D entries of a token. */
  readonly centre: boolean;
  /** Its files ask for that, but the model at hand was never centred: see fits.ts. */
  readonly ignoresCentring?: true;
  /** Pre-activations are measured in units of their decoder rows. */
  readonly rescaleByDecoderNorm: boolean;
  /** [F]: factor of each activation before decoding. */
  readonly decoderScale?: SaeVector;
  /** Active features per token that its files or folders promise. */
  readonly expectedL0?: number;
  /** Its training texts began with the BOS token, so analysed texts must too. */
  readonly prependBos: boolean;
  /** Its files do not say so, and in training the tokenizer decided: a model settles it, see fits.ts. */
  readonly bosByTokenizer?: true;
  /** It was trained on no texts: what reads beside it decides about BOS, and alone it takes one where the model has it. */
  readonly followsBos?: true;
}

/** Is it a layer of the model's own neurons: feature i is entry i of the site? */
export function isNeurons({ W_enc, W_dec }: Pick<Sae, 'W_enc' | 'W_dec'>): boolean {
  return 'identity' in W_enc && 'identity' in W_dec;
}

/** Most features that can be active on one token. */
export function mostActive({ activation, F }: Pick<Sae, 'activation' | 'F'>): number {
  return activation.kind === 'topk' || activation.kind === 'groupmax' ? activation.k : F;
}

export function hasFeature({ F }: Pick<Sae, 'F'>, feature: number): boolean {
  return Number.isInteger(feature) && feature >= 0 && feature < F;
}

/** @throws MonosemError `unknownFeature` */
export function expectFeature(sae: Sae, feature: number): void {
  if (hasFeature(sae, feature)) return;
  const missing = isNeurons(sae)
    ? `There is no neuron ${feature} among the ${sae.name}`
    : `The SAE ${sae.name} has no feature ${feature}`;
  throw new MonosemError('unknownFeature', `${missing}; choose an id from 0 to ${sae.F - 1}.`);
}
