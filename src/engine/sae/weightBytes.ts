// How much an SAE weighs, from what its files say of their tensors.
import { isNeurons, type Sae, type SaeActivation, type SaeMatrix, type SaeVector } from './sae.ts';

/** Bytes of its tensors as they are stored; none for neurons, whose weights are the model's. */
export function saeWeightBytes(sae: Sae): number {
  if (isNeurons(sae)) return 0;
  const { W_enc, W_dec, W_skip, b_enc, b_dec, decoderScale } = sae;
  const matrices = [W_enc, W_dec, W_skip].filter((matrix) => matrix !== undefined);
  const vectors = [b_enc, b_dec, decoderScale].filter((vector) => vector !== undefined);
  return [
    ...matrices.map(ofMatrix),
    ...[...vectors, ...vectorsOf(sae.activation)].map(ofVector),
  ].reduce((sum, bytes) => sum + bytes, 0);
}

function vectorsOf(activation: SaeActivation): SaeVector[] {
  switch (activation.kind) {
    case 'jumprelu':
      return [activation.threshold];
    case 'gated':
      return [activation.b_gate, activation.r_mag, activation.b_mag];
    default:
      return [];
  }
}

function ofMatrix(matrix: SaeMatrix): number {
  return 'stored' in matrix ? matrix.stored.length : 0;
}

function ofVector(vector: SaeVector): number {
  return 'file' in vector ? vector.length : vector.data.byteLength;
}
