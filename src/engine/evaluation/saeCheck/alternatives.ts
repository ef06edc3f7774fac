// Other ways to compute an SAE than its configuration says, one change each: what goes wrong when files are converted,
// configurations copied and conventions mixed up. Descriptors in, descriptors out; nothing runs here.
import type { SaeTrialKind } from '../../../shared/saeCheck.ts';
import type { InputNormalisation, Sae, SaeMatrix } from '../../sae/sae.ts';

export interface Alternative {
  readonly changes: SaeTrialKind;
  /** In words that follow a figure. */
  readonly how: string;
  readonly sae: Sae;
}

/** ε of the layer normalisation in SAELens and OpenAI's SAEs. */
const epsilon = 1e-5;

/** The same bytes, read in the other order. */
function turned(matrix: SaeMatrix): SaeMatrix {
  if ('identity' in matrix) return matrix;
  const { stored, isTransposed } = matrix;
  const dims = [...stored.dims].reverse();
  return { stored: { ...stored, dims }, isTransposed: !isTransposed };
}

/** In words that follow "with". */
export function describeNormalisation({ kind }: InputNormalisation): string {
  switch (kind) {
    case 'none':
      return 'no normalisation of the input';
    case 'expectedAverageOnlyIn':
      return 'the input scaled to a mean norm of √D (expected_average_only_in)';
    case 'constantNormRescale':
      return 'every input scaled to the norm √D (constant_norm_rescale)';
    case 'layerNorm':
      return 'every input layer-normalised (layer_norm)';
  }
}

function normalisations(sae: Sae, meanNorm: number): Alternative[] {
  const known: readonly InputNormalisation[] = [
    { kind: 'none' },
    { kind: 'expectedAverageOnlyIn', factor: Math.sqrt(sae.D) / meanNorm },
    { kind: 'constantNormRescale' },
    { kind: 'layerNorm', epsilon },
  ];
  return known
    .filter(({ kind }) => kind !== sae.inputNormalisation.kind)
    .map((inputNormalisation) => ({
      changes: 'normalisation',
      how: `with ${describeNormalisation(inputNormalisation)}`,
      sae: { ...sae, inputNormalisation },
    }));
}

function orientations(sae: Sae): Alternative[] {
  const turn = (how: string, change: Partial<Sae>): Alternative => ({
    changes: 'orientation',
    how: `with ${how} transposed`,
    sae: { ...sae, ...change },
  });
  const W_enc = turned(sae.W_enc);
  const W_dec = turned(sae.W_dec);
  return [
    turn('W_enc', { W_enc }),
    turn('W_dec', { W_dec }),
    turn('W_enc and W_dec', { W_enc, W_dec }),
  ];
}

/**
 * All single changes of the arithmetic, in the order in which they are suspected.
 * @param meanNorm mean ‖x‖ of what the SAE reads
 */
export function alternativesOf(sae: Sae, meanNorm: number): Alternative[] {
  const centred: Alternative = {
    changes: 'centring',
    how: sae.centre ? 'with the mean of each row left in' : 'with the mean of each row subtracted',
    sae: { ...sae, centre: !sae.centre },
  };
  const biased: Alternative = {
    changes: 'decoderBias',
    how: sae.applyBDecToInput
      ? 'without subtracting b_dec from the input'
      : 'with b_dec subtracted from the input',
    sae: { ...sae, applyBDecToInput: !sae.applyBDecToInput },
  };
  // The input of a transcoder lies elsewhere than its b_dec.
  const isTranscoder = sae.site !== sae.outputSite;
  return [
    centred,
    ...(isTranscoder ? [] : [biased]),
    ...normalisations(sae, meanNorm),
    ...orientations(sae),
  ];
}
