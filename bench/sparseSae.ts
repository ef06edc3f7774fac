// A random jumprelu SAE that is as sparse on a model's activations as trained ones are, so that choosing the
// strongest features costs what it costs in use.
import { writeSaelens } from '../src/engine/sae/formats/saelens.ts';
import { Random } from '../src/engine/math/rng.ts';
import type { Tensor } from '../src/shared/tensor.ts';
import { randomTensor } from '../test/unit/sae/randomSae.ts';

/** Pre-activations are close to normal; 0.3 % of a normal distribution lie above 2.75 deviations. */
const thresholdDeviations = 2.75;

export interface SparseSae {
  readonly F: number;
  readonly site: string;
  readonly seed: number;
  /** Activations [T, D] at the site, for their scale. */
  readonly x: Tensor;
}

export async function writeSparseSae(
  folder: string,
  { F, site, seed, x }: SparseSae,
): Promise<void> {
  const [T = 1, D = 1] = x.dims;
  const random = new Random(seed);
  const meanSquare = x.data.reduce((sum, value) => sum + value * value, 0) / (T * D);
  const threshold = thresholdDeviations * Math.sqrt(meanSquare);
  const tensors = {
    W_enc: randomTensor(random, [D, F], 1 / Math.sqrt(D)),
    b_enc: randomTensor(random, [F], 0.02),
    W_dec: randomTensor(random, [F, D], 1 / Math.sqrt(D)),
    b_dec: randomTensor(random, [D], 0.02),
    threshold: { dims: [F], data: new Float32Array(F).fill(threshold) },
  };
  await writeSaelens(folder, tensors, {
    activation: { architecture: 'jumprelu' },
    ...{ site, modelName: 'random', contextSize: 1024, datasetPath: 'none' },
    ...{ applyBDecToInput: true, prependBos: true },
  });
}
