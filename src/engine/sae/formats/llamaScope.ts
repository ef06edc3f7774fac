// Llama Scope (fnlp, OpenMOSS): hyperparams.json and checkpoints/final.safetensors; its successor on R1 has config.json,
// sae_weights.safetensors and the logarithm of a threshold per feature. Weights are those of inputs scaled
// to norm √D; like OpenMOSS's own loader, the scales are moved into biases and decoder, so that raw activations go in
// and the activations that come out are OpenMOSS's (SAELens's are s_in times as large).
//   z = x · W_e + b_e ÷ s_in     f = z · 1[z > θ]     x̂ = (s_in ÷ s_out) f · W_d + b_d ÷ s_out
//   s_in = √D ÷ norm.in, s_out = √D ÷ norm.out
// Where sparsity_include_decoder_norm, the norms of this scaled decoder go into the encoder, r = s_in ÷ s_out:
//   z = (r x · W_e + b_e ÷ s_out) ‖W_d rows‖     x̂ = (f ÷ ‖W_d rows‖) · W_d + b_d ÷ s_out
// Source: OpenMOSS/Language-Model-SAEs `src/lm_saes/sae.py`, from_config,
// standardize_parameters_of_dataset_norm and transform_to_unit_decoder_norm.
import path from 'node:path';
import { exists, readJsonObject } from '../../files/files.ts';
import { readSafetensorsTable } from '../../files/containers/shardedSafetensors.ts';
import { readTensor } from '../../files/tensorData.ts';
import type { Sae, SaeActivation } from '../sae.ts';
import {
  asObject,
  isCount,
  plainConventions,
  SaeTensors,
  scalar,
  scaled,
  unsupportedSae,
} from './saeTensors.ts';

const layouts: readonly (readonly [config: string, weights: string])[] = [
  ['hyperparams.json', path.join('checkpoints', 'final.safetensors')],
  ['config.json', 'sae_weights.safetensors'],
];
const contextSize = 1024;

async function layoutOf(folder: string): Promise<(typeof layouts)[number] | undefined> {
  for (const layout of layouts) {
    const files = layout.map((name) => exists(path.join(folder, name)));
    if ((await Promise.all(files)).every(Boolean)) return layout;
  }
  return undefined;
}

export async function isLlamaScopeFolder(folder: string): Promise<boolean> {
  return (await layoutOf(folder)) !== undefined;
}

type Config = Readonly<Record<string, unknown>>;

/** TopK SAEs were given the threshold that keeps as many, and use it. */
async function activationOf(
  folder: string,
  config: Config,
  { tensors, F }: { readonly tensors: SaeTensors; readonly F: number },
): Promise<SaeActivation> {
  const logarithm = 'log_jumprelu_threshold';
  if (tensors.has(logarithm)) {
    const { dims, data } = await readTensor(tensors.vector(logarithm, F));
    return { kind: 'jumprelu', threshold: { dims, data: data.map(Math.exp) } };
  }
  const { act_fn: name, jump_relu_threshold: threshold, top_k: k } = config;
  const hasThreshold = typeof threshold === 'number' && threshold > 0;
  if ((name === 'jumprelu' || name === 'topk') && hasThreshold) {
    return { kind: 'jumprelu', threshold: scalar(threshold) };
  }
  if (name === 'topk' && isCount(k)) return { kind: 'topk', k };
  if (name === 'relu') return { kind: 'relu' };
  throw unsupportedSae(
    folder,
    `has the activation ${JSON.stringify(name)} with the threshold ${JSON.stringify(threshold)}`,
    'supported are jumprelu, topk and relu',
  );
}

/** [s_in, s_out] */
function scales(folder: string, config: Config, D: number): readonly [number, number] {
  const kind = config['norm_activation'];
  if (kind === 'inference') return [1, 1];
  const norms = asObject(config['dataset_average_activation_norm']);
  const [read, written] = [norms['in'], norms['out']];
  const areNorms = [read, written].every((norm) => typeof norm === 'number' && norm > 0);
  if (kind === 'dataset-wise' && areNorms) {
    return [Math.sqrt(D) / Number(read), Math.sqrt(D) / Number(written)];
  }
  throw unsupportedSae(
    folder,
    `normalises its input in a way that is not known (norm_activation ${JSON.stringify(kind)})`,
    'supported are dataset-wise and inference',
  );
}

/** Hook points have their TransformerLens names. */
function site(folder: string, config: Config, key: string): string {
  const value = config[key];
  if (typeof value === 'string' && value !== '') return value;
  throw unsupportedSae(folder, `names no ${key}`, 'download it again');
}

/** @throws MonosemError for other activations, normalisations and shapes */
export async function loadLlamaScope(folder: string): Promise<Sae> {
  const [configName, weightsName] = (await layoutOf(folder)) ?? ['', ''];
  const config = await readJsonObject(path.join(folder, configName), 'The SAE configuration');
  if (config['use_glu_encoder'] === true) {
    throw unsupportedSae(folder, 'has a GLU encoder', 'choose one without it');
  }
  const tensors = new SaeTensors(await readSafetensorsTable(path.join(folder, weightsName)));
  const [F, D] = tensors.shape('encoder.weight');
  const [DOut] = tensors.shape('decoder.weight');
  const [sIn, sOut] = scales(folder, config, D);
  const reads = site(folder, config, 'hook_point_in');
  const activation = await activationOf(folder, config, { tensors, F });
  const usesNorms = config['sparsity_include_decoder_norm'] === true;
  const subtractsBias = config['apply_decoder_bias_to_pre_encoder'] === true;
  if (subtractsBias && reads !== site(folder, config, 'hook_point_out')) {
    throw unsupportedSae(
      folder,
      'subtracts the bias of the place it writes to from the place it reads',
      'choose one whose apply_decoder_bias_to_pre_encoder is false',
    );
  }
  return {
    name: path.basename(folder),
    folder,
    weightsFile: tensors.fileOf('encoder.weight'),
    format: 'Llama Scope',
    architecture: activation.kind,
    ...modelOf(folder),
    // Trained with TopK; the threshold keeps as many.
    ...(isCount(config['top_k']) ? { expectedL0: config['top_k'] } : {}),
    contextSize,
    ...plainConventions({ site: reads, D }),
    outputSite: site(folder, config, 'hook_point_out'),
    DOut,
    F,
    activation,
    W_enc: tensors.transposed('encoder.weight', [D, F]),
    b_enc: await scaled(tensors.vector('encoder.bias', F), 1 / (usesNorms ? sOut : sIn)),
    W_dec: tensors.transposed('decoder.weight', [F, DOut]),
    b_dec: await scaled(tensors.vector('decoder.bias', DOut), 1 / sOut),
    applyBDecToInput: subtractsBias,
    rescaleByDecoderNorm: usesNorms,
    ...(sIn === sOut ? {} : scaling(sIn / sOut, usesNorms)),
  };
}

/** What makes up for scales of input and output that differ by r. */
function scaling(
  factor: number,
  usesNorms: boolean,
): Pick<Sae, 'decoderScale'> | Pick<Sae, 'inputNormalisation' | 'outputInModelUnits'> {
  if (!usesNorms) return { decoderScale: scalar(factor) };
  return {
    inputNormalisation: { kind: 'expectedAverageOnlyIn', factor },
    outputInModelUnits: true,
  };
}

/** `Llama3_1-8B-Base-L15R-8x` was trained on Llama-3.1-8B. */
function modelOf(folder: string): { readonly modelName?: string } {
  return path.basename(folder).startsWith('Llama3_1-8B-Base')
    ? { modelName: 'meta-llama/Llama-3.1-8B' }
    : {};
}
