// Refuses weights that are not numbers: one NaN among millions turns every feature of a token into NaN, or one feature
// of all tokens, and neither looks like a damaged file. Costs one pass over the bytes, which the runtime reads anyway.
import { MonosemError } from '../../shared/errors.ts';
import { findNonFinite, type NonFinite } from '../files/finiteTensor.ts';
import type { StoredTensor } from '../files/storedTensor.ts';
import type { Sae, SaeVector } from './sae.ts';

/** Everything it computes with; what a format derived in memory with the name it has in the formulas. */
function weightsOf(sae: Sae): (readonly [name: string, weights: SaeVector])[] {
  const { activation, W_enc, W_dec, W_skip, b_enc, b_dec, decoderScale } = sae;
  const vectors = Object.entries({ b_enc, b_dec, decoderScale, ...vectorsOf(activation) });
  const matrices = Object.entries({ W_enc, W_dec, W_skip }).map(
    ([name, matrix]) =>
      [name, matrix !== undefined && 'stored' in matrix ? matrix.stored : undefined] as const,
  );
  return [...vectors, ...matrices].flatMap(([name, weights]) =>
    weights === undefined ? [] : [[name, weights] as const],
  );
}

function vectorsOf(activation: Sae['activation']): Readonly<Record<string, SaeVector>> {
  switch (activation.kind) {
    case 'jumprelu':
      return { threshold: activation.threshold };
    case 'gated':
      return { b_gate: activation.b_gate, r_mag: activation.r_mag, b_mag: activation.b_mag };
    default:
      return {};
  }
}

/** @throws MonosemError `fileDamaged` for the first NaN or infinity, with its tensor and file and what to do */
export async function expectFinite(sae: Sae): Promise<void> {
  for (const [name, weights] of weightsOf(sae)) {
    if ('file' in weights) {
      const found = await findNonFinite(weights);
      if (found !== undefined) throw refusal(weights, found);
      continue;
    }
    const index = weights.data.findIndex((value) => !Number.isFinite(value));
    const value = weights.data[index];
    if (value === undefined) continue;
    const { dims } = weights;
    throw refusal({ name, dims, file: sae.weightsFile, type: 'float32' }, { index, value });
  }
}

function refusal(
  { name, dims, file, type }: Pick<StoredTensor, 'name' | 'dims' | 'file' | 'type'>,
  { index, value }: NonFinite,
): MonosemError {
  const [, width = 1] = dims;
  const place =
    dims.length === 2
      ? `row ${Math.floor(index / width)}, column ${index % width}`
      : `element ${index}`;
  const advice =
    type === 'float16' && !Number.isNaN(value)
      ? 'it was too large for float16, so convert the original weights to bfloat16 or float32'
      : 'download or export the SAE again, and choose another one if it stays so';
  return new MonosemError(
    'fileDamaged',
    `Tensor ${name} in ${file} holds ${value} in ${place}; ${advice}.`,
  );
}
