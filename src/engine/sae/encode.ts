// The SAE in plain float32 TypeScript, on loaded weights: what the command line, the trainer's checks and the tests
// of the graph compute with. The formulas are in sae.ts. The hot path is the graph (subgraph/), not this.
import { expectShape, type Tensor } from '../../shared/tensor.ts';
import {
  addRow,
  gated,
  jumpRelu,
  keepGroupMax,
  keepTopK,
  relu,
  scaleColumns,
  subtractRow,
} from '../math/activation.ts';
import { matmul } from '../math/linear.ts';
import { rowMeans, rowNorms, scaleRows, shiftRows } from '../math/rowNorms.ts';
import { addScaled } from '../math/rows.ts';
import type { SaeWeights } from './weights.ts';

/** Input as the encoder takes it, apart from b_dec, and the way back; one number per token. */
interface Frame {
  /** [T, D] */
  readonly x: Float32Array;
  /** [T] what one unit of the SAE is in the model. */
  readonly scale?: Float32Array;
  /** [T] each, added to what was scaled back. */
  readonly shifts: readonly Float32Array[];
}

/** x − mean x in place → the means [T]. */
function centre(x: Float32Array, D: number): Float32Array {
  const means = rowMeans(x, D);
  shiftRows(x, means, -1);
  return means;
}

function frameOf({ D, centre: isCentred, inputNormalisation }: SaeWeights, input: Tensor): Frame {
  expectShape('The activations to encode', input.dims, [undefined, D]);
  const x = input.data.slice();
  const shifts = isCentred ? [centre(x, D)] : [];
  switch (inputNormalisation.kind) {
    case 'none':
      return { x, shifts };
    case 'expectedAverageOnlyIn': {
      const { factor } = inputNormalisation;
      const scale = new Float32Array(x.length / D).fill(1 / factor);
      return { x: x.map((value) => value * factor), scale, shifts };
    }
    case 'constantNormRescale': {
      const scale = rowNorms(x, D).map((length) => length / Math.sqrt(D));
      scaleRows(
        x,
        scale.map((s) => 1 / s),
      );
      return { x, scale, shifts };
    }
    case 'layerNorm': {
      const means = centre(x, D);
      const scale = rowNorms(x, D).map((length) => length / Math.sqrt(D - 1));
      scaleRows(
        x,
        scale.map((s) => 1 / (s + inputNormalisation.epsilon)),
      );
      return { x, scale, shifts: [...shifts, means] };
    }
  }
}

/** z = (x̃ · W_enc + b_enc) ⊙ n: x [T, D] → [T, F]. */
export function preActivations(weights: SaeWeights, x: Tensor): Tensor {
  const { D, F, DOut, W_enc, b_enc, b_dec, W_dec, applyBDecToInput } = weights;
  const frame = frameOf(weights, x);
  const T = x.data.length / D;
  const input = applyBDecToInput ? subtractRow(frame.x, b_dec) : frame.x;
  const z = matmul(input, W_enc.data, [T, D, F]);
  addRow(z, b_enc);
  if (weights.rescaleByDecoderNorm) scaleColumns(z, rowNorms(W_dec.data, DOut));
  return { dims: [T, F], data: z };
}

/** Feature activations, all ≥ 0 but for the identity: x [T, D] → f [T, F]. */
export function encode(weights: SaeWeights, x: Tensor): Tensor {
  const z = preActivations(weights, x);
  const { activation, F } = weights;
  switch (activation.kind) {
    case 'identity':
      break;
    case 'relu':
      relu(z.data);
      break;
    case 'jumprelu':
      jumpRelu(z.data, activation.threshold);
      break;
    case 'topk':
      keepTopK(z.data, activation.k, F);
      break;
    case 'groupmax':
      keepGroupMax(z.data, F / activation.k);
      break;
    case 'gated':
      gated(z.data, activation);
      break;
  }
  return z;
}

/** Activations in units of the rows of W_dec: f [T, F] → [T, F]. */
function decoderCoefficients(weights: SaeWeights, f: Tensor): Float32Array {
  const { decoderScale, rescaleByDecoderNorm, W_dec, DOut } = weights;
  const coefficients = f.data.slice();
  if (decoderScale !== undefined) scaleColumns(coefficients, decoderScale);
  if (rescaleByDecoderNorm) {
    const inverse = rowNorms(W_dec.data, DOut).map((length) => 1 / length);
    scaleColumns(coefficients, inverse);
  }
  return coefficients;
}

/** Brings a reconstruction [T, DOut] in the frame of the SAE to that of the model, in place. */
function restore(weights: SaeWeights, x: Tensor, reconstruction: Float32Array): void {
  if (weights.outputInModelUnits === true) return;
  const { scale, shifts } = frameOf(weights, x);
  if (scale !== undefined) scaleRows(reconstruction, scale);
  for (const shift of shifts) shiftRows(reconstruction, shift, 1);
}

/** x̂ [T, DOut] of f [T, F], which was encoded from x [T, D]. */
export function decode(weights: SaeWeights, x: Tensor, f: Tensor): Tensor {
  const { D, F, DOut, W_dec, W_skip, b_dec } = weights;
  expectShape('The features to decode', f.dims, [undefined, F]);
  const T = f.data.length / F;
  const data = matmul(decoderCoefficients(weights, f), W_dec.data, [T, F, DOut]);
  addRow(data, b_dec);
  restore(weights, x, data);
  if (W_skip !== undefined) addScaled(data, 1, matmul(x.data, W_skip.data, [T, D, DOut]));
  return { dims: [T, DOut], data };
}
