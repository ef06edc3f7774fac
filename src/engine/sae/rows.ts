// Rows of an SAE for a handful of features, read from its file without loading the rest: what interventions feed.
import type { Tensor } from '../../shared/tensor.ts';
import { readColumns, readRows } from '../files/tensorData.ts';
import { norm } from '../math/linear.ts';
import { scaleRows } from '../math/rowNorms.ts';
import { floatFeed } from '../onnx/runtime/feeds.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { expectFeature, type Sae, type SaeMatrix, type SaeVector } from './sae.ts';
import { activationVectors, editedFeatureNames, picksEdited } from './subgraph/edited.ts';
import { readVector } from './weights.ts';

/** Rows of the identity, which are its columns. */
function identityRows(size: number, rows: readonly number[]): Tensor {
  const data = new Float32Array(rows.length * size);
  for (const [e, row] of rows.entries()) data[e * size + row] = 1;
  return { dims: [rows.length, size], data };
}

/** Selected rows of a matrix. */
async function matrixRows(matrix: SaeMatrix, rows: readonly number[]): Promise<Tensor> {
  if ('identity' in matrix) return identityRows(matrix.identity, rows);
  const { stored, isTransposed } = matrix;
  return isTransposed ? readColumns(stored, rows) : readRows(stored, rows);
}

/** Selected columns of a matrix, one per row of the result. */
async function matrixColumns(matrix: SaeMatrix, columns: readonly number[]): Promise<Tensor> {
  if ('identity' in matrix) return identityRows(matrix.identity, columns);
  const { stored, isTransposed } = matrix;
  return isTransposed ? readRows(stored, columns) : readColumns(stored, columns);
}

/** Entries [E] of a vector [F], or of a scalar that stands for one. */
async function entries(vector: SaeVector, features: readonly number[]): Promise<Float32Array> {
  if ('file' in vector && vector.dims.length === 1 && vector.dims[0] !== 1) {
    return (await readRows(vector, features)).data;
  }
  const { data } = await readVector(vector);
  return Float32Array.from(features, (feature) => data[data.length === 1 ? 0 : feature] ?? NaN);
}

/** ‖W_dec rows‖ [E] where this SAE measures with them, else ones. */
async function decoderNorms(sae: Sae, features: readonly number[]): Promise<Float32Array> {
  if (!sae.rescaleByDecoderNorm) return new Float32Array(features.length).fill(1);
  const { data } = await matrixRows(sae.W_dec, features);
  return Float32Array.from(features, (_, e) => norm(data, e * sae.DOut, sae.DOut));
}

/**
 * How the reconstruction moves, in units of the SAE, when a feature's activation grows by 1: E features → [E, DOut], in
 * the order asked for. Rows of W_dec, scaled as decoding scales.
 * @throws MonosemError `unknownFeature`
 */
export async function readDecoderRows(sae: Sae, features: readonly number[]): Promise<Tensor> {
  for (const feature of features) expectFeature(sae, feature);
  const rows = await matrixRows(sae.W_dec, features);
  const norms = await decoderNorms(sae, features);
  const { decoderScale } = sae;
  const scales = decoderScale === undefined ? undefined : await entries(decoderScale, features);
  scaleRows(
    rows.data,
    norms.map((length, e) => (scales?.[e] ?? 1) / length),
  );
  return rows;
}

/** Columns of W_enc, scaled as encoding scales: E features → [E, D]. */
async function readEncoderRows(sae: Sae, features: readonly number[]): Promise<Tensor> {
  const rows = await matrixColumns(sae.W_enc, features);
  scaleRows(rows.data, await decoderNorms(sae, features));
  return rows;
}

/**
 * What to feed to the inputs that `emitEditedFeatures` declared, by input name, for E features in this order.
 * @param n which of the SAEs in the graph
 * @throws MonosemError `unknownFeature`
 */
export async function editedFeatureFeeds(
  sae: Sae,
  features: readonly number[],
  n: number,
): Promise<OnnxTensors> {
  const names = editedFeatureNames(n);
  for (const feature of features) expectFeature(sae, feature);
  const dims = [features.length];
  if (picksEdited(sae)) {
    const data = BigInt64Array.from(features, BigInt);
    return { [names.features]: { type: 'int64', dims, data } };
  }
  const feeds: Record<string, OnnxTensor> = {
    [names.enc]: floatFeed(await readEncoderRows(sae, features)),
  };
  const { b_enc, ...others } = activationVectors(sae);
  for (const [name, vector] of Object.entries(others)) {
    const data = await entries(vector, features);
    feeds[names.vectors[name as keyof typeof others]] = floatFeed({ dims, data });
  }
  if (b_enc !== undefined) {
    const norms = await decoderNorms(sae, features);
    const data = (await entries(b_enc, features)).map((bias, e) => bias * (norms[e] ?? 1));
    feeds[names.vectors.b_enc] = floatFeed({ dims, data });
  }
  return feeds;
}
