// The SAE in plain float32 TypeScript, on loaded weights: what the command line, the trainer's checks and the tests
// of the graph compute with. The formulas are in sae.ts. The hot path is the graph (subgraph.ts), not this.
import { expectShape, type Tensor } from '../../shared/tensor.ts';
import { readTensor } from '../files/tensorData.ts';
import { addRow, jumpRelu, keepTopK, relu, subtractRow } from '../math/activation.ts';
import { matmul } from '../math/linear.ts';
import type { Sae } from './sae.ts';

export type SaeActivation =
  | { readonly architecture: 'standard' }
  /** θ [F] */
  | { readonly architecture: 'jumprelu'; readonly threshold: Tensor }
  | { readonly architecture: 'topk'; readonly k: number };

export interface SaeWeights {
  readonly D: number;
  readonly F: number;
  /** [D, F] */
  readonly W_enc: Tensor;
  /** [F] */
  readonly b_enc: Tensor;
  /** [F, D] */
  readonly W_dec: Tensor;
  /** [D] */
  readonly b_dec: Tensor;
  readonly applyBDecToInput: boolean;
  readonly activation: SaeActivation;
}

async function loadActivation(sae: Sae): Promise<SaeActivation> {
  switch (sae.architecture) {
    case 'standard':
      return { architecture: 'standard' };
    case 'topk':
      return { architecture: 'topk', k: sae.k };
    case 'jumprelu':
      return { architecture: 'jumprelu', threshold: await readTensor(sae.threshold) };
  }
}

/** Reads all weights into memory: 4 bytes × (2 · D · F + …). */
export async function loadWeights(sae: Sae): Promise<SaeWeights> {
  return {
    D: sae.D,
    F: sae.F,
    W_enc: await readTensor(sae.W_enc),
    b_enc: await readTensor(sae.b_enc),
    W_dec: await readTensor(sae.W_dec),
    b_dec: await readTensor(sae.b_dec),
    applyBDecToInput: sae.applyBDecToInput,
    activation: await loadActivation(sae),
  };
}

/** z = (x − [applyBDecToInput] b_dec) · W_enc + b_enc: x [T, D] → [T, F]. */
export function preActivations(weights: SaeWeights, x: Tensor): Tensor {
  const { D, F, W_enc, b_enc, b_dec, applyBDecToInput } = weights;
  expectShape('The activations to encode', x.dims, [undefined, D]);
  const T = x.data.length / D;
  const centred = applyBDecToInput ? subtractRow(x.data, b_dec.data) : x.data;
  const z = matmul(centred, W_enc.data, [T, D, F]);
  addRow(z, b_enc.data);
  return { dims: [T, F], data: z };
}

/** Feature activations, all ≥ 0: x [T, D] → f [T, F]. */
export function encode(weights: SaeWeights, x: Tensor): Tensor {
  const z = preActivations(weights, x);
  const { activation } = weights;
  switch (activation.architecture) {
    case 'standard':
      relu(z.data);
      break;
    case 'jumprelu':
      jumpRelu(z.data, activation.threshold.data);
      break;
    case 'topk':
      keepTopK(z.data, activation.k, weights.F);
      break;
  }
  return z;
}

/** x̂ = f · W_dec + b_dec: f [T, F] → [T, D]. */
export function decode(weights: SaeWeights, f: Tensor): Tensor {
  const { D, F, W_dec, b_dec } = weights;
  expectShape('The features to decode', f.dims, [undefined, F]);
  const T = f.data.length / F;
  const data = matmul(f.data, W_dec.data, [T, F, D]);
  addRow(data, b_dec.data);
  return { dims: [T, D], data };
}
