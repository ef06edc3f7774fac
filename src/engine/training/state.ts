// Everything that changes while training: how it starts, and how it becomes an SAE for raw activations.
import type { AdamSlot } from '../math/adam.ts';
import { dot, matmulTransposed } from '../math/linear.ts';
import { Random } from '../math/rng.ts';
import {
  geometricMedian,
  meanRowNorm,
  meanVariance,
  normalizeRows,
  scaleAndShift,
  scaleInPlace,
  sumOfSquares,
  transpose,
} from '../math/rows.ts';
import { decodeSparse } from '../math/sparseDecoder.ts';
import { activate, type TrainedWeights } from './architectures.ts';
import { checkSettings, type TrainerSettings } from './settings.ts';

/** Weights are in scaled units, where inputs have mean norm 1. */
export interface TrainerState {
  /** Steps done. */
  step: number;
  /** Moving average of the smallest kept activation; 0 before the first step, and for `topk`. */
  threshold: number;
  /** Inputs are multiplied by this. */
  readonly scale: number;
  /** Mean ‖x − x̄‖² of the scaled initial sample: the unit of the loss. */
  readonly variance: number;
  /** [F, D]: row j is W_enc[:, j] */
  readonly encoder: AdamSlot;
  /** [F, D] */
  readonly decoder: AdamSlot;
  /** [F] */
  readonly encoderBias: AdamSlot;
  /** [D] */
  readonly decoderBias: AdamSlot;
  /** [F] tokens since each feature was last active */
  readonly idleTokens: Float32Array;
}

/**
 * Initial weights: random unit decoder rows, encoder = decoderᵀ · s, b_enc = 0, b_dec = geometric median of a sample
 * (Gao et al. 2024, appendix A.1, with s = 1). s makes the first reconstructions the best multiple of themselves:
 * the chosen directions are alike, and with s = 1 they add up to far too much.
 * @param sample raw activations [n, D], a few thousand rows
 * @throws MonosemError `badArgument` when the settings make no sense
 */
export function initialState(settings: TrainerSettings, sample: Float32Array): TrainerState {
  checkSettings(settings);
  const { D, F } = settings;
  const scale = 1 / meanRowNorm(sample, D);
  const scaled = new Float32Array(sample.length);
  scaleAndShift(sample, scale, new Float32Array(D), scaled);
  const variance = meanVariance(scaled, D);
  const median = geometricMedian(scaled, D);
  scaleAndShift(sample, scale, median, scaled);
  const decoder = new Random(settings.seed).fillNormal(new Float32Array(F * D));
  normalizeRows(decoder, D);
  const encoder = decoder.slice();
  scaleInPlace(encoder, bestScale(settings, scaled.subarray(0, 256 * D), decoder));
  return {
    step: 0,
    threshold: 0,
    scale,
    variance,
    encoder: slot(encoder),
    decoder: slot(decoder),
    encoderBias: slot(new Float32Array(F)),
    decoderBias: slot(median),
    idleTokens: new Float32Array(F),
  };
}

/** s that minimises Σ‖x − s · x̂‖² with x̂ = act(x W_decᵀ) W_dec, for x without its centre. */
function bestScale(settings: TrainerSettings, x: Float32Array, decoder: Float32Array): number {
  const { D, F } = settings;
  const z = matmulTransposed(x, decoder, [x.length / D, D, F]);
  const reconstruction = new Float32Array(x.length);
  decodeSparse(activate(settings, z, 0).codes, decoder, undefined, reconstruction);
  return dot(x, 0, reconstruction, 0, x.length) / sumOfSquares(reconstruction);
}

function slot(weights: Float32Array): AdamSlot {
  const zeros = (): Float32Array => new Float32Array(weights.length);
  return { weights, gradient: zeros(), moment1: zeros(), moment2: zeros() };
}

/**
 * The SAE for raw activations. With inputs scaled by a: z = (a x − b_dec) W_enc + b_enc, so dividing both biases and
 * the threshold by a gives activations in units of the residual stream and the same features on the same tokens.
 */
export function trainedWeights(settings: TrainerSettings, state: TrainerState): TrainedWeights {
  const { D, F } = settings;
  const unscaled = (bias: Float32Array): Float32Array => {
    const copy = bias.slice();
    scaleInPlace(copy, 1 / state.scale);
    return copy;
  };
  const encoder = new Float32Array(D * F);
  transpose(state.encoder.weights, D, encoder);
  return {
    D,
    F,
    encoder,
    decoder: state.decoder.weights.slice(),
    encoderBias: unscaled(state.encoderBias.weights),
    decoderBias: unscaled(state.decoderBias.weights),
    threshold: state.threshold / state.scale,
  };
}
