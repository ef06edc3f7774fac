// Which norm reads the residual stream, in every family and every exporter's words: RMSNorm where transformers has
// it, else LayerNorm.
import { expect, test } from 'vitest';
import { familyOf, manifest } from '../families/goldens.ts';
import { openGolden } from '../families/runs.ts';

/** Types of models in transformers whose norms subtract the mean. */
const layerNormTypes: ReadonlySet<string> = new Set([
  'bloom',
  'codegen',
  'cohere',
  'falcon',
  'gpt2',
  'gpt_bigcode',
  'gpt_neo',
  'gpt_neox',
  'gptj',
  'mpt',
  'olmo',
  'opt',
  'phi',
  'stablelm',
  'starcoder2',
]);

/** Those that are no decoder to be used are refused. */
const usable = manifest.files.filter(({ singleToken }) => !singleToken);

test.each(usable.map((golden) => [golden.file, golden] as const))('%s', async (_, golden) => {
  const { sites } = await openGolden(golden);
  const isLayerNorm = layerNormTypes.has(familyOf(golden).modelType);
  expect(sites.norm).toBe(isLayerNorm ? 'layerNorm' : 'rmsNorm');
});
