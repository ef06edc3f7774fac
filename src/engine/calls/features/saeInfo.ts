// What the files of an SAE say, in words: the descriptor for people. Reads no weights.
import path from 'node:path';
import type { ModelChoice, SaePlace } from '../../../shared/engineProtocol.ts';
import type { SaeInfo } from '../../../shared/saeCheck.ts';
import { siteOfNeurons } from '../../../shared/saePlace.ts';
import { openModel } from '../../model/openModel.ts';
import { loadSae } from '../../sae/load.ts';
import { openSae } from '../../sae/open.ts';
import type { InputNormalisation, Sae, SaeActivation, SaeMatrix } from '../../sae/sae.ts';

/** Of neurons the model says it, and only for those it is opened. @throws MonosemError what loading an SAE can throw */
export async function saeInfo(place: SaePlace, choice: ModelChoice): Promise<SaeInfo> {
  const sae =
    siteOfNeurons(place) === undefined
      ? await loadSae(place)
      : await openSae(place, openModel(path.resolve(choice.model), choice.variant));
  return saeInfoOf(sae);
}

function saeInfoOf(sae: Sae): SaeInfo {
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
