// What the files of an SAE say, in words: the descriptor for people. Opens no model and reads no weights.
import type { SaeInfo } from '../shared/saeCheck.ts';
import type { InputNormalisation, Sae, SaeActivation, SaeMatrix } from './sae/sae.ts';

function describeActivation(activation: SaeActivation): string {
  switch (activation.kind) {
    case 'identity':
      return 'identity; active where it is above 0';
    case 'topk':
      return `topk with k = ${activation.k}`;
    case 'groupmax':
      return `groupmax of ${activation.k} groups`;
    default:
      return activation.kind;
  }
}

function describeNormalisation(normalisation: InputNormalisation): string {
  switch (normalisation.kind) {
    case 'none':
      return 'none';
    case 'expectedAverageOnlyIn':
      return `times ${normalisation.factor.toPrecision(5)} (mean norm √D)`;
    case 'constantNormRescale':
      return 'every token to the norm √D';
    case 'layerNorm':
      return 'layer norm of every token';
  }
}

function typesOf(matrices: readonly SaeMatrix[]): string[] {
  const types = matrices.flatMap((matrix) => ('stored' in matrix ? [matrix.stored.type] : []));
  return [...new Set(types)];
}

export function saeInfoOf(sae: Sae): SaeInfo {
  const { modelName, contextSize, W_enc, W_dec } = sae;
  return {
    name: sae.name,
    folder: sae.folder,
    weightsFile: sae.weightsFile,
    format: sae.format,
    architecture: sae.architecture,
    ...(modelName === undefined ? {} : { modelName }),
    site: sae.site,
    outputSite: sae.outputSite,
    D: sae.D,
    DOut: sae.DOut,
    F: sae.F,
    activation: describeActivation(sae.activation),
    inputNormalisation: describeNormalisation(sae.inputNormalisation),
    centred: sae.centre,
    bDecSubtracted: sae.applyBDecToInput,
    rescaledByDecoderNorm: sae.rescaleByDecoderNorm,
    hasSkip: sae.W_skip !== undefined,
    prependsBos: sae.bosByTokenizer === true ? 'tokenizer' : sae.prependBos,
    ...(contextSize === undefined ? {} : { contextSize }),
    weightTypes: typesOf([W_enc, W_dec]),
  };
}
