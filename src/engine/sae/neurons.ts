// The neurons of one MLP layer as what reads a model: feature i is entry i of the vector that enters the layer's last
// product, behind the activation function (of a gated MLP, the product of gate and linear part). Encoding and decoding are
// the identity, so all that works with SAEs works with neurons. It has no files: the weights are the model's own.
import { blockOfNeurons, nameOfNeurons } from '../../shared/saePlace.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Sae } from './sae.ts';

type Target = Pick<OpenModel, 'name' | 'folder' | 'onnxFile' | 'sites'>;

/** Neurons at a site by its width, for the sites of a model that have them. */
export function neuronsPerSite({ sites }: Pick<Target, 'sites'>): Map<string, number> {
  const found = [...sites.sites.values()].flatMap(({ name, width }) =>
    blockOfNeurons(name) === undefined || width === undefined ? [] : [[name, width] as const],
  );
  return new Map(found);
}

/** Where else to look, as the end of a sentence. */
function advice(model: Target): string {
  const [first, ...others] = [...neuronsPerSite(model).keys()];
  if (first === undefined) return 'this model shows none; choose an SAE instead';
  const last = others.at(-1);
  return `choose ${last === undefined ? first : `one from ${first} to ${last}`}`;
}

/**
 * @param site `blocks.N.mlp.hook_post`
 * @throws MonosemError `badArgument` for another kind of site, `unknownSite` where the model does not have it
 */
export function neuronsOf(model: Target, site: string): Sae {
  const block = blockOfNeurons(site);
  if (block === undefined) {
    throw new MonosemError(
      'badArgument',
      `"${site}" is no place of neurons, which are the entries of blocks.N.mlp.hook_post; ${advice(model)}.`,
    );
  }
  const width = neuronsPerSite(model).get(site);
  if (width === undefined) {
    throw new MonosemError(
      'unknownSite',
      `The model ${model.name} with ${model.sites.layers} layers has no neurons at ${site}; ${advice(model)}.`,
    );
  }
  return {
    name: nameOfNeurons(block),
    folder: model.folder,
    weightsFile: model.onnxFile,
    format: 'the model itself',
    architecture: 'neurons',
    site,
    outputSite: site,
    D: width,
    DOut: width,
    F: width,
    activation: { kind: 'identity' },
    W_enc: { identity: width },
    W_dec: { identity: width },
    b_dec: { dims: [1], data: new Float32Array(1) },
    applyBDecToInput: false,
    inputNormalisation: { kind: 'none' },
    centre: false,
    rescaleByDecoderNorm: false,
    prependBos: true,
    followsBos: true,
  };
}
