// Where an SAE meets a model: the places it reads and writes exist and have its widths, and what its files leave to the
// model is settled. Whatever runs an SAE on a model runs the one that comes out of here.
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Sae } from './sae.ts';

type Target = Pick<OpenModel, 'name' | 'config' | 'sites'> & {
  readonly tokenizer: Pick<OpenModel['tokenizer'], 'startsWithBos'>;
};

/** Width of the places inside a block that is not that of the residual stream. */
function widthAt({ config, sites }: Target, site: string): number | undefined {
  const known = sites.sites.get(site)?.width;
  if (known !== undefined) return known;
  if (site.endsWith('attn.hook_z')) {
    const { heads, headWidth } = config;
    return heads === undefined || headWidth === undefined ? undefined : heads * headWidth;
  }
  return site.endsWith('mlp.hook_post') ? undefined : config.dModel;
}

function expectPlace(
  sae: Sae,
  model: Target,
  { verb, site, width }: { readonly verb: string; readonly site: string; readonly width: number },
): void {
  if (!model.sites.sites.has(site)) {
    throw new MonosemError(
      'unknownSite',
      `The SAE ${sae.name} ${verb} ${site}, which the model ${model.name} with ${model.sites.layers} layers does not have; choose an SAE trained on this model.`,
    );
  }
  const expected = widthAt(model, site);
  if (expected === undefined || expected === width) return;
  throw new MonosemError(
    'saeDoesNotFit',
    `The SAE ${sae.name} ${verb} vectors of width ${width}, but ${site} of the model ${model.name} has width ${expected}; choose an SAE trained on this model.`,
  );
}

function expectFit(sae: Sae, model: Target): void {
  expectPlace(sae, model, { verb: 'reads', site: sae.site, width: sae.D });
  expectPlace(sae, model, { verb: 'writes', site: sae.outputSite, width: sae.DOut });
}

/**
 * The SAE as it was trained on this model.
 * - TransformerLens centres writing weights where LayerNorm reads the stream, and skips it with a warning elsewhere,
 *   whatever `center_writing_weights` asks for (TransformerLens `HookedTransformer.py`, load_and_process_state_dict).
 *   Where the graph does not tell the norm, the files are believed.
 * - BOS was in front of training texts if the tokenizer puts it there, where the files say nothing of it.
 * @throws MonosemError `unknownSite` or `saeDoesNotFit`, saying which place and both widths
 */
export function fittedSae(sae: Sae, model: Target): Sae {
  expectFit(sae, model);
  const isLeftIn = sae.centre && model.sites.norm === 'rmsNorm';
  return {
    ...sae,
    ...(isLeftIn ? { centre: false, ignoresCentring: true } : {}),
    ...(sae.bosByTokenizer === true ? { prependBos: model.tokenizer.startsWithBos } : {}),
  };
}
