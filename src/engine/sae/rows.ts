// Rows of an SAE for a handful of features, read from its file without loading the rest: what interventions feed.
import type { Tensor } from '../../shared/tensor.ts';
import { readColumns, readRows } from '../files/tensorData.ts';
import { expectFeature, type Sae } from './sae.ts';

/** The encoder and decoder of E chosen features, in the order asked for. */
export interface FeatureRows {
  /** [E, D]: columns of W_enc. */
  readonly enc: Tensor;
  /** [E] */
  readonly encBias: Tensor;
  /** [E]: θ of jumprelu, else 0. */
  readonly threshold: Tensor;
  /** [E, D]: rows of W_dec. */
  readonly dec: Tensor;
}

/** @throws MonosemError `unknownFeature` */
export async function readFeatureRows(sae: Sae, features: readonly number[]): Promise<FeatureRows> {
  for (const feature of features) expectFeature(sae, feature);
  return {
    enc: await readColumns(sae.W_enc, features),
    encBias: await readRows(sae.b_enc, features),
    threshold:
      sae.architecture === 'jumprelu'
        ? await readRows(sae.threshold, features)
        : { dims: [features.length], data: new Float32Array(features.length) },
    dec: await readRows(sae.W_dec, features),
  };
}
