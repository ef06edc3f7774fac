// An SAE is held against the places of a model, not only against its width.
import { expect, test } from 'vitest';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import { fittedSae } from '../../../src/engine/sae/fits.ts';
import type { Sae } from '../../../src/engine/sae/sae.ts';
import { writeBundle } from '../../fixtures/bundle.ts';
import { tinyGpt2, tinyLlama } from '../../fixtures/decoders.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { writeVariant } from './everySae.ts';

const at = useTemporaryFolder();

/** 3 blocks of width 32 with an MLP of 64. */
async function openToy(kind: 'gpt2' | 'llama'): Promise<OpenModel> {
  const decoder = { kind, seed: 1 } as const;
  await writeBundle(at(), { decoder, sae: { architecture: 'standard' }, seed: 2 });
  return openModel(at());
}

async function saeAt(change: Partial<Sae>): Promise<Sae> {
  const site = 'blocks.1.hook_resid_post';
  const shape = { D: 32, DOut: 32, F: 8, site, outputSite: site };
  const { sae } = await writeVariant(at(), { name: 'toy', kind: 'relu' }, shape, 3);
  return { ...sae, ...change };
}

test.each([
  ['gpt2', tinyGpt2],
  ['llama', tinyLlama],
] as const)('the weights tell how wide places inside a block are: %s', async (kind, shape) => {
  const { sites } = await openToy(kind);
  const widthOf = (hook: string): number | undefined => sites.sites.get(`blocks.1.${hook}`)?.width;
  expect(widthOf('attn.hook_z')).toBe(shape.heads * shape.dHead);
  expect(widthOf('ln2.hook_normalized')).toBe(shape.dModel);
  expect(widthOf('mlp.hook_post')).toBe(shape.dMlp);
});

test('an SAE fits where places and widths are those of the model', async () => {
  const model = await openToy('gpt2');
  fittedSae(await saeAt({}), model);
  const neurons = 'blocks.1.mlp.hook_post';
  fittedSae(await saeAt({ site: neurons, outputSite: neurons, D: 64, DOut: 64 }), model);
  fittedSae(await saeAt({ site: 'blocks.1.ln2.hook_normalized' }), model);
});

test.each<[string, Partial<Sae>, string, string]>([
  [
    'another width',
    { D: 64 },
    'saeDoesNotFit',
    'reads vectors of width 64, but blocks.1.hook_resid_post of the model MODEL has width 32',
  ],
  [
    'the width of the stream where the MLP is wider',
    { site: 'blocks.1.mlp.hook_post' },
    'saeDoesNotFit',
    'reads vectors of width 32, but blocks.1.mlp.hook_post of the model MODEL has width 64',
  ],
  [
    'another width of what is written',
    { outputSite: 'blocks.1.hook_mlp_out', DOut: 24 },
    'saeDoesNotFit',
    'writes vectors of width 24, but blocks.1.hook_mlp_out of the model MODEL has width 32',
  ],
  [
    'a block too many',
    { site: 'blocks.3.hook_resid_pre' },
    'unknownSite',
    'reads blocks.3.hook_resid_pre, which the model MODEL with 3 layers does not have',
  ],
  [
    'a place that is not written',
    { outputSite: 'blocks.1.hook_nothing' },
    'unknownSite',
    'writes blocks.1.hook_nothing, which the model MODEL with 3 layers does not have',
  ],
])('is refused: %s', async (_, change, code, sentence) => {
  const model = await openToy('gpt2');
  const sae = await saeAt(change);
  const message = `The SAE toy ${sentence.replace('MODEL', model.name)}; choose an SAE trained on this model.`;
  expect(() => {
    fittedSae(sae, model);
  }).toThrow(expect.objectContaining({ code, message }));
});
