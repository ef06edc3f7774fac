// The weights of an SAE in memory, as float32 and the way they are meant: what encode.ts computes with.
import type { Tensor } from '../../shared/tensor.ts';
import { readTensor } from '../files/tensorData.ts';
import { transpose } from '../math/rows.ts';
import type { Sae, SaeMatrix, SaeVector } from './sae.ts';

/** The activation function of {@link Sae}, its vectors in memory. */
export type LoadedActivation =
  | { readonly kind: 'relu' | 'identity' }
  | { readonly kind: 'topk' | 'groupmax'; readonly k: number }
  /** [F] */
  | { readonly kind: 'jumprelu'; readonly threshold: Float32Array }
  /** [F] each */
  | {
      readonly kind: 'gated';
      readonly b_gate: Float32Array;
      readonly r_mag: Float32Array;
      readonly b_mag: Float32Array;
    };

export interface SaeWeights extends Pick<
  Sae,
  | 'D'
  | 'DOut'
  | 'F'
  | 'applyBDecToInput'
  | 'inputNormalisation'
  | 'outputInModelUnits'
  | 'centre'
  | 'rescaleByDecoderNorm'
> {
  /** [D, F] */
  readonly W_enc: Tensor;
  /** [F] */
  readonly b_enc: Float32Array;
  /** [F, DOut] */
  readonly W_dec: Tensor;
  /** [DOut] */
  readonly b_dec: Float32Array;
  /** [D, DOut] */
  readonly W_skip?: Tensor;
  /** [F] */
  readonly decoderScale?: Float32Array;
  readonly activation: LoadedActivation;
}

/** Values of a vector as it is stored, or as a format derived it. */
export async function readVector(vector: SaeVector): Promise<Tensor> {
  return 'file' in vector ? readTensor(vector) : vector;
}

/** The vector [F], also where a scalar stands for it. */
async function readFull(vector: SaeVector, F: number): Promise<Float32Array> {
  const { data } = await readVector(vector);
  return data.length === F ? data : new Float32Array(F).fill(data[0] ?? NaN);
}

function identity(size: number): Tensor {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return { dims: [size, size], data };
}

async function readMatrix(matrix: SaeMatrix): Promise<Tensor> {
  if ('identity' in matrix) return identity(matrix.identity);
  const { stored, isTransposed } = matrix;
  const read = await readTensor(stored);
  if (!isTransposed) return read;
  const [rows = 0, columns = 0] = read.dims;
  const data = new Float32Array(read.data.length);
  transpose(read.data, columns, data);
  return { dims: [columns, rows], data };
}

async function loadActivation({ activation, F }: Sae): Promise<LoadedActivation> {
  switch (activation.kind) {
    case 'relu':
    case 'identity':
    case 'topk':
    case 'groupmax':
      return activation;
    case 'jumprelu':
      return { kind: 'jumprelu', threshold: await readFull(activation.threshold, F) };
    case 'gated':
      return {
        kind: 'gated',
        b_gate: await readFull(activation.b_gate, F),
        r_mag: await readFull(activation.r_mag, F),
        b_mag: await readFull(activation.b_mag, F),
      };
  }
}

/** Reads all weights into memory: 4 bytes × (2 · D · F + …). */
export async function loadWeights(sae: Sae): Promise<SaeWeights> {
  const { D, DOut, F, b_enc, W_skip, decoderScale } = sae;
  return {
    D,
    DOut,
    F,
    applyBDecToInput: sae.applyBDecToInput,
    inputNormalisation: sae.inputNormalisation,
    ...(sae.outputInModelUnits === true ? { outputInModelUnits: true } : {}),
    centre: sae.centre,
    rescaleByDecoderNorm: sae.rescaleByDecoderNorm,
    W_enc: await readMatrix(sae.W_enc),
    b_enc: b_enc === undefined ? new Float32Array(F) : await readFull(b_enc, F),
    W_dec: await readMatrix(sae.W_dec),
    b_dec: await readFull(sae.b_dec, DOut),
    ...(W_skip === undefined ? {} : { W_skip: await readMatrix(W_skip) }),
    ...(decoderScale === undefined ? {} : { decoderScale: await readFull(decoderScale, F) }),
    activation: await loadActivation(sae),
  };
}
