// SAEs of other people's formats that cannot be used: each refused in one sentence with what to do. What is computed
// with those that can is in goldens.test.ts.
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { op, torchZip } from '../files/zipFile.ts';

const at = useTemporaryFolder();
const saes = path.join(import.meta.dirname, '..', '..', 'golden', 'saes');

async function copied(from: string, to: string): Promise<string> {
  await mkdir(path.dirname(at(to)), { recursive: true });
  await cp(path.join(saes, from), at(to), { recursive: true });
  return at(to);
}

/** Replaces entries of a JSON file, on its top level or in one object of it. */
async function change(file: string, changes: object, within?: string): Promise<void> {
  const json = JSON.parse(await readFile(file, 'utf8')) as Record<string, object>;
  const changed =
    within === undefined
      ? { ...json, ...changes }
      : { ...json, [within]: { ...json[within], ...changes } };
  await writeFile(file, JSON.stringify(changed));
}

async function expectRefusal(place: string, problem: string): Promise<void> {
  await expect(loadSae(place)).rejects.toMatchObject({
    code: 'unsupportedSae',
    message: `The SAE ${place} ${problem}.`,
  });
}

test('a folder without an SAE, and no folder', async () => {
  await mkdir(at('empty'));
  await expect(loadSae(at('empty'))).rejects.toMatchObject({
    code: 'fileMissing',
    message: `The folder ${at('empty')} holds no SAE; choose one as SAELens, Gemma Scope, Llama Scope, sparsify, dictionary_learning or OpenAI publish them.`,
  });
  await expect(loadSae(at('nowhere'))).rejects.toMatchObject({
    code: 'fileMissing',
    message: `There is no SAE folder ${at('nowhere')}; check the path.`,
  });
});

describe('dictionary_learning', () => {
  const golden = 'dictionary_learning/topk/resid_post_layer_1/trainer_0';

  test('a class that is not known', async () => {
    const folder = await copied(golden, 'x');
    await change(path.join(folder, 'config.json'), { dict_class: 'CrossCoder' }, 'trainer');
    await expectRefusal(
      folder,
      'is of the class "CrossCoder" (trainer.dict_class in config.json); supported are AutoEncoder, AutoEncoderNew, GatedAutoEncoder, JumpReluAutoEncoder, AutoEncoderTopK, BatchTopKSAE, MatryoshkaBatchTopKSAE',
    );
  });

  test('a place that is not known', async () => {
    const folder = await copied(golden, 'x');
    const trainer = { layer: null, submodule_name: 'here' };
    await change(path.join(folder, 'config.json'), trainer, 'trainer');
    await expectRefusal(
      folder,
      'does not tell which place it reads (layer null, submodule_name "here"); set trainer.layer and trainer.submodule_name in config.json, e.g. to 8 and "resid_post_layer_8"',
    );
  });

  test('weights of another class', async () => {
    const folder = await copied(golden, 'x');
    await change(
      path.join(folder, 'config.json'),
      { dict_class: 'JumpReluAutoEncoder' },
      'trainer',
    );
    const file = path.join(folder, 'ae.pt');
    await expect(loadSae(folder)).rejects.toMatchObject({
      code: 'fileDamaged',
      message: `The SAE weights ${file} have no tensor W_enc (they have: b_dec, decoder.weight, encoder.bias, encoder.weight, k, threshold); check that all files of the SAE belong together.`,
    });
  });

  test('a pickle that would run code', async () => {
    const folder = await copied(golden, 'x');
    const file = path.join(folder, 'ae.pt');
    await writeFile(
      file,
      torchZip([op.global('os', 'system'), op.text('x'), op.tuple1, op.reduce]),
    );
    await expectRefused(folder, file, 'os.system');
  });
});

async function expectRefused(folder: string, file: string, name: string): Promise<void> {
  await expect(loadSae(folder)).rejects.toMatchObject({
    code: 'unsupportedSae',
    message: `The PyTorch file ${file} is refused: its pickle asks for ${name}, which is no part of weights; convert the weights to safetensors.`,
  });
}

describe('places that only a path tells', () => {
  test('Gemma Scope', async () => {
    const folder = await copied(
      'gemma_scope/res/gemma-scope-2b-pt-res/layer_1/width_16k/average_l0_10',
      'x',
    );
    await expectRefusal(
      folder,
      'does not tell which layer it reads; keep the folder names of Gemma Scope, such as layer_12/width_16k/average_l0_82',
    );
  });

  test('Gemma Scope 2 without its configuration', async () => {
    const folder = await copied(
      'gemma_scope_2/resid_post_no_config/gemma-scope-2-270m-pt/resid_post/layer_1_width_16k_l0_small',
      'x',
    );
    await expectRefusal(
      folder,
      'does not tell which place it reads; download config.json, too, or keep folder names such as resid_post/layer_12_width_16k_l0_medium',
    );
  });

  test('OpenAI', async () => {
    const golden = 'openai/v5_topk';
    const folder = await copied(golden, 'x');
    const original = await torchFileBelow(folder);
    await rename(original, at('model.pt'));
    await expectRefusal(
      at('model.pt'),
      'does not tell which place it reads; keep the names of the original, such as resid_post_mlp_v5_32k/autoencoders/8.pt',
    );
  });

  test('sparsify', async () => {
    const folder = await copied('sparsify/topk/layers.1', 'mine');
    await expectRefusal(
      folder,
      'was trained on a module that is not known by the name of its folder, mine; keep the name that sparsify gave it, such as layers.8 or layers.8.mlp',
    );
  });
});

async function torchFileBelow(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const name = names.find((candidate) => candidate.endsWith('.pt'));
  if (name === undefined) throw new Error(`no .pt in ${folder}`);
  return path.join(folder, name);
}

describe('conventions that are not known', () => {
  test('Gemma Scope 2: a hook point', async () => {
    const folder = await copied(
      'gemma_scope_2/resid_post/gemma-scope-2-270m-pt/resid_post/layer_1_width_16k_l0_small',
      'x',
    );
    await change(path.join(folder, 'config.json'), { hf_hook_point_in: 'model.norm.output' });
    await expectRefusal(
      folder,
      'was trained at a place that is not known (hf_hook_point_in is "model.norm.output"); known are output, self_attn.o_proj.input, post_feedforward_layernorm.output, pre_feedforward_layernorm.output of model.layers.N',
    );
  });

  test('sparsify: groups of unequal size', async () => {
    const folder = await copied('sparsify/groupmax/layers.1', 'layers.1');
    await change(path.join(folder, 'cfg.json'), { k: 7 });
    await expectRefusal(
      folder,
      'has the activation "groupmax" with k 7 of 64 features; supported are topk, and groupmax with equal groups',
    );
  });

  test('Llama Scope: a normalisation', async () => {
    const folder = await copied('llama_scope/l15r/Llama3_1-8B-Base-L15R-8x', 'x');
    await change(path.join(folder, 'hyperparams.json'), { norm_activation: 'token-wise' });
    await expectRefusal(
      folder,
      'normalises its input in a way that is not known (norm_activation "token-wise"); supported are dataset-wise and inference',
    );
  });

  test('a PyTorch file of something else', async () => {
    await writeFile(at('x.pt'), torchZip([op.emptyDict, op.text('hello'), op.none, op.setItem]));
    await expectRefusal(
      at('x.pt'),
      'holds no tensors of a known format (it has: hello); choose a file of OpenAI, connor_rob, Goodfire or Qwen Scope, or a folder with a configuration',
    );
  });
});

test('the only PyTorch file of a folder is found', async () => {
  const folder = await copied('goodfire/resid/Llama-3.1-8B-Instruct-SAE-l19', 'x');
  expect(await loadSae(folder)).toMatchObject({ site: 'blocks.19.hook_resid_post' });
});
