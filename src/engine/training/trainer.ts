// Trains a sparse autoencoder on rows of activations, one batch at a time. TensorFlow.js does the dense product
// x · W_enc; the decoder and all gradients run on the few active features of each token (math/sparseDecoder.ts).
// Inputs are scaled so that their mean norm is 1, and the scale is folded into the weights at the end, so the result
// works on raw activations. It reads no files and knows no model.
import { adamStep, type AdamSlot } from '../math/adam.ts';
import {
  addScaled,
  appendOnes,
  columnSums,
  normalizeRows,
  removeParallel,
  scaleAndShift,
  scaleInPlace,
  sumOfSquares,
  transpose,
  weightedRowSum,
} from '../math/rows.ts';
import { noteActive, positionsFrom, selectTopK, type SparseCodes } from '../math/sparseCodes.ts';
import { addSparseGradients, decodeSparse } from '../math/sparseDecoder.ts';
import { activate } from './architectures.ts';
import type { DenseBackend } from './backend.ts';
import { adamConstants, learningRateAt, type TrainerSettings } from './settings.ts';
import type { TrainerState } from './state.ts';

export interface StepReport {
  readonly step: number;
  /** Unexplained share of the variance of this batch: Σ‖x − x̂‖² ÷ (tokens · variance of the initial sample). */
  readonly unexplained: number;
  /** Mean number of active features per token. */
  readonly l0: number;
  /** Features not active for `deadAfterTokens` tokens. */
  readonly dead: number;
  readonly learningRate: number;
}

/** Weight of the past in the moving average of the threshold. */
const thresholdMemory = 0.99;

export class SaeTrainer {
  readonly settings: TrainerSettings;
  readonly state: TrainerState;
  readonly #backend: DenseBackend;
  /** W_enc with b_enc as its last row [D + 1, F], as the dense product wants it. */
  readonly #encoderAndBias: Float32Array;

  constructor(settings: TrainerSettings, state: TrainerState, backend: DenseBackend) {
    this.settings = settings;
    this.state = state;
    this.#backend = backend;
    this.#encoderAndBias = new Float32Array((settings.D + 1) * settings.F);
  }

  /**
   * One step of Adam on L = ‖x − x̂‖² / variance, averaged over tokens, plus the auxiliary loss.
   * @param x raw activations [batchSize, D]
   */
  async step(x: Float32Array): Promise<StepReport> {
    const { settings, state } = this;
    const rows = x.length / settings.D;
    const input = this.#centred(x);
    const z = await this.#encode(input);
    const { codes, smallest } = activate(settings, z, 0.7 * state.threshold);
    const error = new Float32Array(x.length);
    decodeSparse(codes, state.decoder.weights, undefined, error);
    addScaled(error, -1, input);
    const squaredError = sumOfSquares(error);

    this.#addMainGradients(codes, error, input);
    const dead = positionsFrom(state.idleTokens, settings.deadAfterTokens);
    if (dead.length > 0 && settings.auxK > 0) {
      this.#addAuxiliaryGradients(selectTopK(z, rows, settings.auxK, dead), error, input);
    }
    state.step += 1;
    const learningRate = learningRateAt(settings, state.step);
    this.#update(learningRate);
    noteActive(codes, state.idleTokens);
    if (smallest !== undefined) this.#followThreshold(smallest);
    return {
      step: state.step,
      unexplained: squaredError / (rows * state.variance),
      l0: codes.feature.length / rows,
      dead: dead.length,
      learningRate,
    };
  }

  /** z = (a x − b_dec) W_enc + b_enc: raw activations x [rows, D] → [rows, F], in scaled units like the state. */
  preActivations(x: Float32Array): Promise<Float32Array> {
    return this.#encode(this.#centred(x));
  }

  /** a x − b_dec */
  #centred(x: Float32Array): Float32Array {
    const input = new Float32Array(x.length);
    scaleAndShift(x, this.state.scale, this.state.decoderBias.weights, input);
    return input;
  }

  /** input [rows, D] → input · W_enc + b_enc [rows, F] */
  #encode(input: Float32Array): Promise<Float32Array> {
    const { D, F } = this.settings;
    const product = this.#encoderAndBias;
    transpose(this.state.encoder.weights, D, product.subarray(0, D * F));
    product.set(this.state.encoderBias.weights, D * F);
    return this.#backend.matmul(appendOnes(input, D), product, [input.length / D, D + 1, F]);
  }

  /** Of ‖x̂ − x‖² / variance, mean over tokens. b_dec acts twice: it is added to x̂ and taken from the input. */
  #addMainGradients(codes: SparseCodes, error: Float32Array, input: Float32Array): void {
    const { encoder, decoder, encoderBias, decoderBias, variance } = this.state;
    const output = error.slice();
    scaleInPlace(output, 2 / (codes.rows * variance));
    addSparseGradients(codes, output, input, decoder.weights, {
      encoder: encoder.gradient,
      decoder: decoder.gradient,
      encoderBias: encoderBias.gradient,
    });
    const { D } = this.settings;
    const throughOutput = columnSums(output, D);
    const throughInput = weightedRowSum(encoderBias.gradient, encoder.weights, D);
    addScaled(decoderBias.gradient, 1, Float32Array.from(throughOutput));
    addScaled(decoderBias.gradient, -1, Float32Array.from(throughInput));
  }

  /**
   * AuxK (Gao et al. 2024, appendix A.2): dead features alone reconstruct what the living ones left over,
   * L_aux = weight · ‖(x − x̂) − ê‖² ÷ ‖x − x̂‖². Its gradient stops at x̂ and at b_dec.
   */
  #addAuxiliaryGradients(codes: SparseCodes, error: Float32Array, input: Float32Array): void {
    const { encoder, decoder, encoderBias } = this.state;
    const output = new Float32Array(error.length);
    decodeSparse(codes, decoder.weights, undefined, output);
    addScaled(output, 1, error);
    scaleInPlace(output, (2 * this.settings.auxWeight) / sumOfSquares(error));
    addSparseGradients(codes, output, input, decoder.weights, {
      encoder: encoder.gradient,
      decoder: decoder.gradient,
      encoderBias: encoderBias.gradient,
    });
  }

  /** Adam on everything; decoder rows keep length 1. */
  #update(learningRate: number): void {
    const { D } = this.settings;
    const { step, encoder, decoder, encoderBias, decoderBias } = this.state;
    removeParallel(decoder.gradient, decoder.weights, D);
    const slots: readonly AdamSlot[] = [encoder, decoder, encoderBias, decoderBias];
    for (const slot of slots) adamStep(slot, { ...adamConstants, learningRate }, step);
    normalizeRows(decoder.weights, D);
  }

  #followThreshold(smallest: number): void {
    const { state } = this;
    const memory = state.threshold === 0 ? 0 : thresholdMemory;
    state.threshold = memory * state.threshold + (1 - memory) * smallest;
  }
}
