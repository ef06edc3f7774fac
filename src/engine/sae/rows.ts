// Rows of an SAE for a handful of features, read from its file without loading the rest: what interventions feed.
import type { Tensor } from '../../shared/tensor.ts';
import { readColumns, readRows } from '../files/tensorData.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { expectFeature, type Sae } from './sae.ts';
import { editedFeatureNames } from './subgraph.ts';

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

function asFeed({ dims, data }: Tensor): OnnxTensor<'float32'> {
  return { type: 'float32', dims, data };
}

/**
 * What to feed to the inputs that `editedFeatureInputs` declared, by input name, for E features in this order.
 * @throws MonosemError `unknownFeature`
 */
export async function editedFeatureFeeds(
  sae: Sae,
  features: readonly number[],
): Promise<OnnxTensors> {
  const names = editedFeatureNames;
  for (const feature of features) expectFeature(sae, feature);
  if (sae.architecture === 'topk') {
    const data = BigInt64Array.from(features, BigInt);
    return { [names.features]: { type: 'int64', dims: [features.length], data } };
  }
  const encoder = {
    [names.enc]: asFeed(await readEncoderRows(sae, features)),
    [names.encBias]: asFeed(await readRows(sae.b_enc, features)),
  };
  if (sae.architecture === 'standard') return encoder;
  return { ...encoder, [names.threshold]: asFeed(await readRows(sae.threshold, features)) };
}
