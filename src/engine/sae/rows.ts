// Rows of an SAE for a handful of features, read from its file without loading the rest: what interventions feed.
import type { Tensor } from '../../shared/tensor.ts';
import { readColumns, readRows } from '../files/tensorData.ts';
import { expectFeature, type Sae } from './sae.ts';
import { editedFeatureNames } from './subgraph.ts';

/** A tensor to feed; `int64` where the graph takes ids. */
export interface Feed {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** Rows of W_dec: E features → [E, D], in the order asked for. @throws MonosemError `unknownFeature` */
export async function readDecoderRows(sae: Sae, features: readonly number[]): Promise<Tensor> {
  for (const feature of features) expectFeature(sae, feature);
  return readRows(sae.W_dec, features);
}

/** Columns of W_enc: E features → [E, D], in the order asked for. @throws MonosemError `unknownFeature` */
export async function readEncoderRows(sae: Sae, features: readonly number[]): Promise<Tensor> {
  for (const feature of features) expectFeature(sae, feature);
  return readColumns(sae.W_enc, features);
}

/**
 * What to feed to the inputs that `editedFeatureInputs` declared, by input name, for E features in this order.
 * @throws MonosemError `unknownFeature`
 */
export async function editedFeatureFeeds(
  sae: Sae,
  features: readonly number[],
): Promise<Readonly<Record<string, Feed>>> {
  const names = editedFeatureNames;
  for (const feature of features) expectFeature(sae, feature);
  if (sae.architecture === 'topk') {
    const data = BigInt64Array.from(features, BigInt);
    return { [names.features]: { dims: [features.length], data } };
  }
  const encoder = {
    [names.enc]: await readEncoderRows(sae, features),
    [names.encBias]: await readRows(sae.b_enc, features),
  };
  if (sae.architecture === 'standard') return encoder;
  return { ...encoder, [names.threshold]: await readRows(sae.threshold, features) };
}
