// Gemma Scope 2: params.safetensors and config.json in PLACE/layer_N_width_W_l0_SIZE, JumpReLU without normalisation;
// transcoders may add a linear map of their input. Where there is no config.json the folders tell the place.
// Source: SAELens `sae_lens/loading/pretrained_sae_loaders.py`, gemma_3_sae_huggingface_loader.
import path from 'node:path';
import { exists, readJsonObject } from '../../files/files.ts';
import { readSafetensorsTable } from '../../files/containers/shardedSafetensors.ts';
import type { Sae } from '../sae.ts';
import { isCount, lastParts, plainConventions, SaeTensors, unsupportedSae } from './saeTensors.ts';

const weightsName = 'params.safetensors';
const configName = 'config.json';

export function isGemmaScope2Folder(folder: string): Promise<boolean> {
  return exists(path.join(folder, weightsName));
}

/** What comes after `model.layers.N.`, and the site that holds the same. */
const hookPoints: ReadonlyMap<string, string> = new Map([
  ['output', 'hook_resid_post'],
  ['self_attn.o_proj.input', 'attn.hook_z'],
  ['post_feedforward_layernorm.output', 'hook_mlp_out'],
  ['pre_feedforward_layernorm.output', 'ln2.hook_normalized'],
]);

/** Folders, by how their names begin. */
const places: readonly (readonly [string, input: string, output: string])[] = [
  ['resid_post', 'hook_resid_post', 'hook_resid_post'],
  ['attn_out', 'attn.hook_z', 'attn.hook_z'],
  ['mlp_out', 'hook_mlp_out', 'hook_mlp_out'],
  ['transcoder', 'ln2.hook_normalized', 'hook_mlp_out'],
];

type Place = Pick<Sae, 'site' | 'outputSite'>;

function placeByConfig(folder: string, config: Readonly<Record<string, unknown>>): Place {
  const read = (key: string): string | undefined => {
    const value = config[key];
    if (value === undefined || value === null) return undefined;
    const text = typeof value === 'string' ? value : '';
    const [, layer, rest = ''] = /^model\.layers\.(\d+)\.(.+)$/.exec(text) ?? [];
    const site = hookPoints.get(rest);
    if (layer !== undefined && site !== undefined) return `blocks.${layer}.${site}`;
    throw unsupportedSae(
      folder,
      `was trained at a place that is not known (${key} is ${JSON.stringify(value)})`,
      `known are ${[...hookPoints.keys()].join(', ')} of model.layers.N`,
    );
  };
  const site = read('hf_hook_point_in');
  if (site === undefined) return placeByFolder(folder);
  return { site, outputSite: read('hf_hook_point_out') ?? site };
}

function placeByFolder(folder: string): Place {
  const layer = /^layer_(\d+)/.exec(path.basename(folder))?.[1];
  const parent = path.basename(path.dirname(folder));
  const place = places.find(([start]) => parent.startsWith(start));
  if (layer === undefined || place === undefined) {
    throw unsupportedSae(
      folder,
      'does not tell which place it reads',
      'download config.json, too, or keep folder names such as resid_post/layer_12_width_16k_l0_medium',
    );
  }
  return { site: `blocks.${layer}.${place[1]}`, outputSite: `blocks.${layer}.${place[2]}` };
}

/** @throws MonosemError for damaged files, other shapes and architectures, and unknown places */
export async function loadGemmaScope2(folder: string): Promise<Sae> {
  const configFile = path.join(folder, configName);
  const config = (await exists(configFile))
    ? await readJsonObject(configFile, 'The SAE configuration')
    : {};
  const { architecture: named = 'jump_relu', model_name: modelName } = config;
  if (named !== 'jump_relu') {
    throw unsupportedSae(
      folder,
      `has the architecture ${JSON.stringify(named)}`,
      'supported is jump_relu',
    );
  }
  const tensors = new SaeTensors(await readSafetensorsTable(path.join(folder, weightsName)));
  const W_enc = tensors.spelled('w_enc', 'W_enc');
  const W_dec = tensors.spelled('w_dec', 'W_dec');
  const [D, F] = tensors.shape(W_enc);
  const [, DOut] = tensors.shape(W_dec);
  const skip = 'affine_skip_connection';
  const place = placeByConfig(folder, config);
  const isTranscoder = place.site !== place.outputSite;
  return {
    name: lastParts(folder, 2),
    folder,
    weightsFile: tensors.fileOf(W_enc),
    format: 'Gemma Scope 2',
    architecture: `jumprelu${tensors.has(skip) ? '_skip' : ''}${isTranscoder ? '_transcoder' : ''}`,
    ...(typeof modelName === 'string' ? { modelName } : {}),
    ...(isCount(config['l0']) ? { expectedL0: config['l0'] } : {}),
    ...plainConventions({ site: place.site, D }),
    ...place,
    DOut,
    F,
    activation: { kind: 'jumprelu', threshold: tensors.vector('threshold', F) },
    W_enc: tensors.matrix(W_enc, [D, F]),
    b_enc: tensors.vector('b_enc', F),
    W_dec: tensors.matrix(W_dec, [F, DOut]),
    b_dec: tensors.vector('b_dec', DOut),
    ...(tensors.has(skip) ? { W_skip: tensors.matrix(skip, [D, DOut]) } : {}),
  };
}
