// What a repository offers, told from its list of files: sizes, order, and where names say that an SAE reads a model.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { saesOf, variantsOf, type HubAccess } from '../../../src/engine/engine.ts';
import { catalogue } from '../../../src/engine/hub/catalogue.ts';
import { placeInName } from '../../../src/engine/hub/saeNames.ts';
import { commit, HubServer } from './hubServer.ts';

const repo = 'lab/offers';
const revision = { repo, revision: 'main' };
const { signal } = new AbortController();

describe('the offer of', () => {
  let server: HubServer;
  let access: HubAccess;

  beforeEach(async () => {
    server = new HubServer();
    await server.start();
    access = { endpoint: server.endpoint, cache: '/nowhere' };
  });
  afterEach(() => server.stop());

  const hold = (sizes: Readonly<Record<string, number>>): void => {
    const files = Object.entries(sizes).map(
      ([name, size]) => [name, new Uint8Array(size)] as const,
    );
    server.repos.set(repo, { files: new Map(files) });
  };

  test('a model: its variants as they are preferred, with their data, nothing downloaded', async () => {
    hold({
      'config.json': 1,
      'tokenizer.json': 1,
      'onnx/model_q4.onnx': 10,
      'onnx/model_q4.onnx_data': 100,
      'onnx/model_q4.onnx_data_1': 1000,
      'onnx/model.onnx': 20,
      'onnx/model_fp16.onnx': 30,
      'onnx/vision_encoder.onnx': 5,
    });
    expect(await variantsOf(access, revision, signal)).toEqual({
      repo,
      commit,
      variants: [
        { variant: 'onnx/model.onnx', description: 'as exported', bytes: 20 },
        { variant: 'onnx/model_fp16.onnx', description: 'half precision', bytes: 30 },
        { variant: 'onnx/model_q4.onnx', description: '4-bit', bytes: 1110 },
      ],
      missing: [],
    });
    expect(server.downloads()).toEqual([]);
  });

  test('what is no ONNX export says so', async () => {
    hold({ 'config.json': 1, 'model.safetensors': 9 });
    const offer = await variantsOf(access, revision, signal);
    expect(offer).toMatchObject({ variants: [], missing: ['tokenizer.json'] });
  });

  test('a collection of SAEs: by layer, with the bytes a download would have', async () => {
    hold({
      'README.md': 7,
      'resid_post_layer_10/trainer_0/ae.pt': 50,
      'resid_post_layer_10/trainer_0/config.json': 2,
      'resid_post_layer_10/trainer_0/checkpoints/ae_1.pt': 50,
      'resid_post_layer_9/trainer_0/ae.pt': 40,
      'best/ae.pt': 3,
    });
    const layered = [
      {
        path: 'resid_post_layer_9/trainer_0',
        layer: 9,
        site: 'blocks.9.hook_resid_post',
        bytes: 40,
      },
      {
        path: 'resid_post_layer_10/trainer_0',
        layer: 10,
        site: 'blocks.10.hook_resid_post',
        bytes: 52,
      },
    ];
    const saes = [...layered, { path: 'best', bytes: 3 }];
    expect(await saesOf(access, revision, signal)).toEqual({ repo, commit, saes });
    const below = await saesOf(access, revision, signal, 'resid_post_layer_10');
    expect(below.saes).toEqual(layered.slice(1));
    expect(server.downloads()).toEqual([]);
  });

  test('a repository that is not there', async () => {
    await expect(saesOf(access, revision, signal)).rejects.toMatchObject({ code: 'hubMissing' });
  });
});

test.each([
  ['a/b', 'blocks.7.hook_resid_pre', 'blocks.7.hook_resid_pre'],
  ['a/b', 'x/blocks.3.attn.hook_z', 'blocks.3.attn.hook_z'],
  ['a/b', 'gelu-2l_blocks.1.hook_mlp_out_16384', 'blocks.1.hook_mlp_out'],
  ['o/GPT2-Small-OAI-v5-32k-resid-post-SAEs', 'v5_32k_layer_7.pt', 'blocks.7.hook_resid_post'],
  ['a/b', 'resid_post_mlp_v5_32k/autoencoders/8.pt', 'blocks.8.hook_resid_post'],
  ['a/b', 'resid_delta_attn_v5_32k/autoencoders/8.pt', 'blocks.8.hook_attn_out'],
  ['c/pythia-70m-deduped__res-sm_processed', '3-res-sm', 'blocks.3.hook_resid_post'],
  ['google/gemma-scope-2b-pt-res', 'layer_12/width_32k/average_l0_76', 'blocks.12.hook_resid_post'],
  ['google/gemma-scope-2b-pt-mlp', 'layer_12/width_16k/average_l0_9', 'blocks.12.hook_mlp_out'],
  ['google/gemma-scope-2b-pt-att', 'layer_12/width_16k/average_l0_9', 'blocks.12.attn.hook_z'],
  ['google/gemma-scope-2-1b-pt', 'attn_out/layer_22_width_16k_l0_small', 'blocks.22.attn.hook_z'],
  ['google/gemma-scope-2-1b-pt', 'resid_post/layer_5_width_16k_l0_big', 'blocks.5.hook_resid_post'],
  ['fnlp/Llama3_1-8B-Base-LXR-8x', 'Llama3_1-8B-Base-L16R-8x', 'blocks.16.hook_resid_post'],
  ['fnlp/Llama3_1-8B-Base-LXM-8x', 'Llama3_1-8B-Base-L16M-8x', 'blocks.16.hook_mlp_out'],
  ['EleutherAI/sae-llama-3.1-8b-64x', 'layers.29', 'blocks.29.hook_resid_post'],
  ['EleutherAI/sae-pythia-160m-32k', 'layers.5.mlp', 'blocks.5.hook_mlp_out'],
  ['EleutherAI/sae-pythia-160m-32k', 'layers.5.attention', 'blocks.5.hook_attn_out'],
  ['Qwen/SAE-Res-Qwen3-1.7B-Base-W32K-L0_50', 'layer14.sae.pt', 'blocks.14.hook_resid_post'],
])('%s, %s reads %s', (repository, path, site) => {
  const layer = Number(/blocks\.(\d+)/.exec(site)?.[1]);
  expect(placeInName(repository, path)).toEqual({ layer, site });
});

test.each([
  ['google/gemma-scope-2b-pt-transcoders', 'layer_3/width_16k/average_l0_9', { layer: 3 }],
  ['fnlp/Llama3_1-8B-Base-LXTC-8x', 'Llama3_1-8B-Base-L16TC-8x', { layer: 16 }],
  ['lab/r1', 'DeepSeek-R1-Distill-Llama-8B-SAE-l19.pt', { layer: 19 }],
  ['lab/player-2', 'best', {}],
  ['lab/sae', '', {}],
])('%s, %s tells no site', (repository, path, place) => {
  expect(placeInName(repository, path)).toEqual(place);
});

test('of every SAE in the catalogue, the name tells layer and site', () => {
  const places = catalogue.saes.map(({ repo: name, path }) => placeInName(name, path).site);
  expect(places).not.toContain(undefined);
});
