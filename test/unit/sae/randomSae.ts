// Random SAEs of every architecture, written to a folder as SAELens writes them.
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import {
  writeSaelens,
  type SaelensDescription,
  type SaelensTensors,
} from '../../../src/engine/sae/formats/saelens.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import type { StoredTensor } from '../../../src/engine/files/storedTensor.ts';
import type { SaeMatrix } from '../../../src/engine/sae/sae.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';

export interface RandomSae {
  readonly D: number;
  readonly F: number;
  readonly activation: SaelensArchitecture;
  readonly applyBDecToInput: boolean;
  readonly seed: number;
  /** `blocks.2.hook_resid_post` by default. */
  readonly site?: string;
}

export function describeSae(sae: RandomSae): SaelensDescription {
  return {
    activation: sae.activation,
    site: sae.site ?? 'blocks.2.hook_resid_post',
    modelName: 'toy',
    contextSize: 64,
    datasetPath: 'none',
    applyBDecToInput: sae.applyBDecToInput,
    prependBos: true,
  };
}

/** A tensor of normal values. */
export function randomTensor(random: Random, dims: readonly number[], deviation: number): Tensor {
  const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
  return { dims, data: random.fillNormal(data, deviation) };
}

export function randomTensors({ D, F, activation, seed }: RandomSae): SaelensTensors {
  const random = new Random(seed);
  const tensors = {
    W_enc: randomTensor(random, [D, F], 1 / Math.sqrt(D)),
    b_enc: randomTensor(random, [F], 0.2),
    W_dec: randomTensor(random, [F, D], 1 / Math.sqrt(D)),
    b_dec: randomTensor(random, [D], 0.2),
  };
  if (activation.architecture !== 'jumprelu') return tensors;
  const threshold = randomTensor(random, [F], 0.4);
  // Mostly positive, as trained ones are, and a few below 0, where ReLU decides.
  return { ...tensors, threshold: { dims: [F], data: threshold.data.map((t) => t + 0.4) } };
}

export async function writeRandomSae(folder: string, sae: RandomSae): Promise<SaelensTensors> {
  const tensors = randomTensors(sae);
  await writeSaelens(folder, tensors, describeSae(sae));
  return tensors;
}

/** Where a matrix lies in its file. */
export function storedOf(matrix: SaeMatrix): StoredTensor {
  if ('stored' in matrix) return matrix.stored;
  throw new Error('no file holds an identity');
}
