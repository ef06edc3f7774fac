import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import { writeSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import { parseSaelensConfig } from '../../../src/engine/sae/formats/saelensConfig.ts';
import { knownInputFactor } from '../../../src/engine/sae/formats/saelensKnown.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { editedFeatureFeeds, readDecoderRows } from '../../../src/engine/sae/rows.ts';
import { loadWeights, readVector } from '../../../src/engine/sae/weights.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import {
  describeSae,
  randomTensors,
  writeRandomSae,
  type RandomSae,
  storedOf,
} from './randomSae.ts';

const at = useTemporaryFolder();

const small: RandomSae = {
  D: 4,
  F: 6,
  activation: { architecture: 'topk', k: 2 },
  applyBDecToInput: true,
  seed: 1,
};
const jumprelu: RandomSae = { ...small, activation: { architecture: 'jumprelu' } };

const flat = {
  architecture: 'standard',
  d_in: 4,
  d_sae: 6,
  dtype: 'torch.float32',
  hook_point: 'blocks.8.hook_resid_pre',
  model_name: 'gpt2-small',
  context_size: 128,
};

test.each<RandomSae>([small, jumprelu, { ...small, activation: { architecture: 'standard' } }])(
  'a written SAE loads as the same: $activation.architecture',
  async (made) => {
    const tensors = await writeRandomSae(at('my-sae'), made);
    const sae = await loadSae(at('my-sae'));
    expect(sae).toMatchObject({
      name: 'my-sae',
      folder: at('my-sae'),
      weightsFile: at('my-sae', 'sae_weights.safetensors'),
      site: 'blocks.2.hook_resid_post',
      modelName: 'toy',
      contextSize: 64,
      D: 4,
      F: 6,
      applyBDecToInput: true,
      prependBos: true,
      architecture: made.activation.architecture,
    });
    expect(await readTensor(storedOf(sae.W_enc))).toEqual(tensors.W_enc);
    expect(await readTensor(storedOf(sae.W_dec))).toEqual(tensors.W_dec);
    if (sae.activation.kind === 'jumprelu') {
      expect(await readVector(sae.activation.threshold)).toEqual(tensors.threshold);
    }
  },
);

test('cfg.json has the keys SAELens 6 reads', async () => {
  await writeRandomSae(at('s'), small);
  expect(JSON.parse(await readFile(at('s', 'cfg.json'), 'utf8'))).toEqual({
    architecture: 'topk',
    d_in: 4,
    d_sae: 6,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: true,
    normalize_activations: 'none',
    reshape_activations: 'none',
    k: 2,
    rescale_acts_by_decoder_norm: false,
    metadata: {
      sae_lens_version: '6.0.0',
      model_name: 'toy',
      hook_name: 'blocks.2.hook_resid_post',
      hook_head_index: null,
      prepend_bos: true,
      dataset_path: 'none',
      context_size: 64,
    },
  });
});

test('a threshold without jumprelu, and tensors that contradict each other, are not written', async () => {
  const { threshold, ...rest } = randomTensors(jumprelu);
  await expect(writeSaelens(at('s'), rest, describeSae(jumprelu))).rejects.toMatchObject({
    code: 'badArgument',
  });
  const both = { ...rest, ...(threshold ? { threshold } : {}) };
  await expect(writeSaelens(at('s'), both, describeSae(small))).rejects.toMatchObject({
    code: 'badArgument',
  });
  const wrong = { ...rest, b_enc: { dims: [5], data: new Float32Array(5) } };
  await expect(writeSaelens(at('s'), wrong, describeSae(small))).rejects.toMatchObject({
    code: 'badShape',
  });
});

describe('cfg.json before version 6', () => {
  test('old names and defaults', () => {
    expect(parseSaelensConfig('cfg.json', flat)).toEqual({
      architecture: 'standard',
      activation: 'relu',
      D: 4,
      DOut: 4,
      F: 6,
      site: 'blocks.8.hook_resid_pre',
      outputSite: 'blocks.8.hook_resid_pre',
      modelName: 'gpt2-small',
      contextSize: 128,
      applyBDecToInput: true,
      prependBos: true,
      normalisation: 'none',
      centre: true,
      rescaleByDecoderNorm: false,
      isFinetuned: false,
    });
  });

  test('topk hides in the activation function', () => {
    const old = { ...flat, activation_fn_str: 'topk', activation_fn_kwargs: { k: 3 } };
    expect(parseSaelensConfig('cfg.json', old)).toMatchObject({ activation: 'topk', k: 3 });
  });

  test('explicit flags win over defaults; boolean normalisation means none', () => {
    const old = {
      ...flat,
      prepend_bos: false,
      apply_b_dec_to_input: false,
      normalize_activations: false,
    };
    expect(parseSaelensConfig('cfg.json', old)).toMatchObject({
      prependBos: false,
      applyBDecToInput: false,
      normalisation: 'none',
    });
    expect(
      parseSaelensConfig('cfg.json', { ...old, normalize_activations: true }).normalisation,
    ).toBe('expected_average_only_in');
  });

  test.each([
    ['as cfg.json says', { model_from_pretrained_kwargs: { center_writing_weights: true } }, true],
    [
      'not, as cfg.json says',
      {
        model_from_pretrained_kwargs: {},
        hook_name: 'blocks.8.hook_resid_pre',
        hook_point: undefined,
      },
      false,
    ],
    ['as the releases of that time', {}, true],
    ['not where another model was read', { model_name: 'pythia-70m' }, false],
    ['not where nothing was centred', { hook_point: 'blocks.8.attn.hook_z' }, false],
  ])('its activations were centred: %s', (_, change, centre) => {
    expect(parseSaelensConfig('cfg.json', { ...flat, ...change }).centre).toBe(centre);
  });

  test('the input factor of a published SAE is known where its files lack it', () => {
    expect(knownInputFactor('gpt2-small', 'blocks.8.hook_mlp_out', 24576)).toBe(0.9123762783479742);
    expect(knownInputFactor('gpt2', 'blocks.8.hook_mlp_out', 768)).toBeUndefined();
  });
});

test.each([
  ['an unknown architecture', { architecture: 'mine' }, /"mine"; supported are standard, /],
  [
    'earlier tokens',
    { architecture: 'temporal' },
    /"temporal", which also reads earlier tokens; supported are standard, /,
  ],
  [
    'signed features',
    { architecture: 'abstopk' },
    /"abstopk", whose activations may be negative; supported are standard, /,
  ],
  [
    'a search instead of an encoder',
    { architecture: 'matching_pursuit' },
    /"matching_pursuit", which chooses features one after the other instead of encoding; supported/,
  ],
  ['another activation function', { activation_fn_str: 'tanh-relu' }, /activation_fn "tanh-relu"/],
  [
    'another normalisation',
    { normalize_activations: 'covariance_whitening' },
    /normalize_activations is "covariance_whitening".*supported are none, expected_/,
  ],
  ['another shape', { reshape_activations: 'heads' }, /reshape_activations is "heads"/],
  ['one head', { hook_point_head_index: 3 }, /single attention head \(hook_head_index is 3\)/],
  [
    'one head to write to',
    { hook_head_index_out: 0 },
    /single attention head \(hook_head_index_out/,
  ],
  ['another output', { hook_name_out: 'blocks.9.hook_mlp_out' }, /is no transcoder/],
])('what cannot be computed exactly is refused: %s', (_, change, message) => {
  expect(() => parseSaelensConfig('/x/cfg.json', { ...flat, ...change })).toThrow(message);
  expect(() => parseSaelensConfig('/x/cfg.json', { ...flat, ...change })).toThrow(
    expect.objectContaining({ code: 'unsupportedSae' }),
  );
});

test.each([
  ['no width', { d_in: undefined }],
  ['a negative width', { d_sae: -1 }],
  ['no hook', { hook_point: undefined }],
  ['topk without k', { architecture: 'topk' }],
  ['k above the number of features', { architecture: 'topk', k: 7 }],
  ['a transcoder to nowhere', { architecture: 'transcoder', d_out: 4 }],
  [
    'a transcoder without its width',
    { architecture: 'transcoder', hook_name_out: 'blocks.8.hook_mlp_out' },
  ],
  ['a flag that is text', { prepend_bos: 'yes' }],
])('a damaged cfg.json: %s', (_, change) => {
  expect(() => parseSaelensConfig('/x/cfg.json', { ...flat, ...change })).toThrow(
    expect.objectContaining({ code: 'fileDamaged' }),
  );
});

describe('folders that hold no usable SAE', () => {
  test('no folder, an empty one, one without weights', async () => {
    await expect(loadSae(at('none'))).rejects.toMatchObject({ code: 'fileMissing' });
    await mkdir(at('empty'));
    await expect(loadSae(at('empty'))).rejects.toThrow(/holds no SAE/);
    await writeFile(at('empty', 'cfg.json'), JSON.stringify(flat));
    await expect(loadSae(at('empty'))).rejects.toMatchObject({ code: 'fileMissing' });
  });

  test('a tensor is missing, has another shape, or another element type', async () => {
    await writeRandomSae(at('s'), small);
    const weights = at('s', 'sae_weights.safetensors');
    const { b_dec, ...incomplete } = randomTensors(small);
    expect(b_dec.dims).toEqual([4]);
    await writeSafetensors(weights, { ...incomplete });
    await expect(loadSae(at('s'))).rejects.toThrow(/no tensor b_dec .*W_dec, W_enc, b_enc/);
    await writeSafetensors(weights, { ...randomTensors({ ...small, F: 5 }) });
    await expect(loadSae(at('s'))).rejects.toMatchObject({ code: 'badShape' });
    await expect(loadSae(at('s'))).rejects.toThrow(/W_enc .*\[4, 5\] where \[4, 6\]/);
  });

  test('a finetuned scaling_factor scales what is decoded, where cfg.json says it is meant', async () => {
    await writeRandomSae(at('s'), small);
    const file = at('s', 'sae_weights.safetensors');
    const scaling_factor = { dims: [6], data: new Float32Array(6).fill(1) };
    await writeSafetensors(file, { ...randomTensors(small), scaling_factor });
    expect((await loadSae(at('s'))).decoderScale).toBeUndefined();
    scaling_factor.data[3] = 1.5;
    await writeSafetensors(file, { ...randomTensors(small), scaling_factor });
    await expect(loadSae(at('s'))).rejects.toMatchObject({ code: 'unsupportedSae' });
    await changeConfig(at('s'), { finetuning_scaling_factor: true });
    const sae = await loadSae(at('s'));
    expect(sae.decoderScale).toMatchObject({ name: 'scaling_factor', dims: [6] });
    const [scaled, plain] = (await readDecoderRows(sae, [3, 2])).data.reduce(
      ([a, b], value, i) => (i < 4 ? [a + Math.abs(value), b] : [a, b + Math.abs(value)]),
      [0, 0] as readonly [number, number],
    );
    const rows = randomTensors(small).W_dec.data;
    const sum = (from: number): number =>
      rows.subarray(from, from + 4).reduce((total, value) => total + Math.abs(value), 0);
    expect(scaled).toBeCloseTo(1.5 * sum(12), 5);
    expect(plain).toBeCloseTo(sum(8), 5);
  });

  test('an SAE saved while batchtopk trains has one threshold, in units of decoder norms', async () => {
    await writeRandomSae(at('s'), small);
    const topk_threshold = { dims: [], data: Float32Array.of(0.25) };
    await writeSafetensors(at('s', 'sae_weights.safetensors'), {
      ...randomTensors(small),
      topk_threshold,
    });
    await changeConfig(at('s'), {
      architecture: 'batchtopk',
      rescale_acts_by_decoder_norm: undefined,
    });
    const sae = await loadSae(at('s'));
    expect(sae).toMatchObject({ architecture: 'batchtopk', rescaleByDecoderNorm: true });
    const { activation } = await loadWeights(sae);
    expect(activation).toEqual({ kind: 'jumprelu', threshold: new Float32Array(6).fill(0.25) });
  });
});

async function changeConfig(folder: string, change: object): Promise<void> {
  const file = path.join(folder, 'cfg.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...config, ...change }));
}

test('rows for edited features, and unknown features', async () => {
  const tensors = await writeRandomSae(at('s'), jumprelu);
  const sae = await loadSae(at('s'));
  const feeds = await editedFeatureFeeds(sae, [5, 2], 0);
  const expected = [5, 2].flatMap((f) => [0, 1, 2, 3].map((d) => tensors.W_enc.data[d * 6 + f]));
  expect([...(feeds['monosem.0.enc']?.data ?? [])]).toEqual(expected);
  expect([...(feeds['monosem.0.threshold']?.data ?? [])]).toEqual(
    [5, 2].map((f) => tensors.threshold?.data[f]),
  );
  const rows = await readDecoderRows(sae, [5, 2]);
  expect([...rows.data]).toEqual([
    ...tensors.W_dec.data.subarray(20, 24),
    ...tensors.W_dec.data.subarray(8, 12),
  ]);
  for (const bad of [6, -1, 1.5, NaN]) {
    await expect(readDecoderRows(sae, [bad])).rejects.toMatchObject({ code: 'unknownFeature' });
  }
});
