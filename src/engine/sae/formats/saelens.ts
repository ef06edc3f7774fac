// SAEs in the folder format of SAELens: cfg.json beside sae_weights.safetensors with W_enc [D, F], b_enc [F],
// W_dec [F, D], b_dec [D] and what the architecture adds. Reads all that versions 6 and older save, writes the three
// that are trained here, as version 6.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { expectShape, type Tensor } from '../../../shared/tensor.ts';
import { exists, isFolder, readJsonObject, writeAtomic } from '../../files/files.ts';
import {
  readSafetensors,
  writeSafetensors,
  type SafetensorsHeader,
} from '../../files/safetensors.ts';
import type { StoredTensor } from '../../files/storedTensor.ts';
import { readTensor } from '../../files/tensorData.ts';
import type { InputNormalisation, Sae, SaeActivation } from '../sae.ts';
import {
  parseSaelensConfig,
  type SaelensArchitecture,
  type SaelensConfig,
} from './saelensConfig.ts';
import { knownInputFactor } from './saelensKnown.ts';

const configName = 'cfg.json';
const weightsName = 'sae_weights.safetensors';
const scalerName = 'activation_scaler.json';

/** ε of `layer_norm` in SAELens `sae_lens/saes/sae.py`. */
const layerNormEpsilon = 1e-5;

/** The first SAELens version with this cfg.json; loaders choose how to read by it. */
const formatVersion = '6.0.0';

export async function isSaelensFolder(folder: string): Promise<boolean> {
  return (await isFolder(folder)) && (await exists(path.join(folder, configName)));
}

/** The tensors of an SAE, and the file they come from for messages. */
interface Weights {
  readonly file: string;
  readonly header: SafetensorsHeader;
  /** @throws MonosemError when it is missing, of another type or of another shape */
  readonly tensor: (name: string, dims: readonly number[]) => StoredTensor;
}

async function readWeights(file: string): Promise<Weights> {
  const header = await readSafetensors(file);
  const tensor = (name: string, dims: readonly number[]): StoredTensor => {
    const stored = pick(header, file, name);
    expectShape(`Tensor ${name} in ${file}`, stored.dims, dims);
    return stored;
  };
  return { file, header, tensor };
}

function pick(header: SafetensorsHeader, file: string, name: string): StoredTensor {
  const stored = header.tensors.get(name);
  if (stored !== undefined && ['float32', 'float16', 'bfloat16'].includes(stored.type)) {
    return stored;
  }
  const type = stored?.type ?? header.unsupported.get(name);
  if (type !== undefined) {
    throw new MonosemError(
      'unsupportedSae',
      `Tensor ${name} in ${file} is of type ${type}; convert the SAE to float32, float16 or bfloat16.`,
    );
  }
  const present = [...header.tensors.keys()].sort().join(', ');
  throw new MonosemError(
    'fileDamaged',
    `The SAE weights ${file} have no tensor ${name} (they have: ${present}); check that cfg.json belongs to them.`,
  );
}

/** The factor of each activation before decoding, where it was finetuned. Early SAELens wrote one of ones as well. */
async function readScaling(
  { file, header, tensor }: Weights,
  { F, isFinetuned }: SaelensConfig,
): Promise<StoredTensor | undefined> {
  if (!header.tensors.has('scaling_factor')) return undefined;
  const stored = tensor('scaling_factor', [F]);
  const { data } = await readTensor(stored);
  // 1e-5: the relative tolerance with which SAELens itself drops the tensor.
  if (data.every((factor) => Math.abs(factor - 1) <= 1e-5)) return undefined;
  if (isFinetuned) return stored;
  throw new MonosemError(
    'unsupportedSae',
    `The SAE weights ${file} have a finetuned scaling_factor, but finetuning_scaling_factor in cfg.json is not true, so it is not clear whether it is meant; correct cfg.json.`,
  );
}

function activationOf({ activation, k = 0, F }: SaelensConfig, { tensor }: Weights): SaeActivation {
  switch (activation) {
    case 'relu':
      return { kind: 'relu' };
    case 'jumprelu':
      return { kind: 'jumprelu', threshold: tensor('threshold', [F]) };
    case 'batchtopk':
      return { kind: 'jumprelu', threshold: tensor('topk_threshold', []) };
    case 'topk':
      return { kind: 'topk', k };
    case 'gated':
      return {
        kind: 'gated',
        b_gate: tensor('b_gate', [F]),
        r_mag: tensor('r_mag', [F]),
        b_mag: tensor('b_mag', [F]),
      };
  }
}

/** The factor of `expected_average_only_in`: beside the weights, or known of the release. */
async function readInputFactor(folder: string, config: SaelensConfig): Promise<number> {
  const file = path.join(folder, scalerName);
  const { scaling_factor: stated } = (await exists(file))
    ? await readJsonObject(file, 'The activation scaler of the SAE')
    : {};
  const factor = stated ?? knownInputFactor(config.modelName, config.site, config.F);
  if (typeof factor === 'number' && Number.isFinite(factor) && factor > 0) return factor;
  throw new MonosemError(
    'unsupportedSae',
    `The SAE in ${folder} multiplies its input by a factor (normalize_activations is expected_average_only_in) that its files do not give; write {"scaling_factor": FACTOR} to ${scalerName} there, FACTOR being the square root of d_in divided by the mean norm of the activations.`,
  );
}

async function normalisationOf(folder: string, config: SaelensConfig): Promise<InputNormalisation> {
  switch (config.normalisation) {
    case 'none':
      return { kind: 'none' };
    case 'expected_average_only_in':
      return { kind: 'expectedAverageOnlyIn', factor: await readInputFactor(folder, config) };
    case 'constant_norm_rescale':
      return { kind: 'constantNormRescale' };
    case 'layer_norm':
      return { kind: 'layerNorm', epsilon: layerNormEpsilon };
  }
}

/** @throws MonosemError for missing, damaged or unsupported files, and for shapes that contradict cfg.json */
export async function loadSaelens(folder: string): Promise<Sae> {
  const absolute = path.resolve(folder);
  const configFile = path.join(absolute, configName);
  const json = await readJsonObject(configFile, 'The SAE configuration');
  const config = parseSaelensConfig(configFile, json);
  const weights = await readWeights(path.join(absolute, weightsName));
  const { tensor } = weights;
  const { D, DOut, F } = config;
  const decoderScale = await readScaling(weights, config);
  return {
    name: path.basename(absolute),
    folder: absolute,
    weightsFile: weights.file,
    format: 'SAELens',
    architecture: config.architecture,
    site: config.site,
    outputSite: config.outputSite,
    ...(config.modelName === undefined ? {} : { modelName: config.modelName }),
    ...(config.contextSize === undefined ? {} : { contextSize: config.contextSize }),
    D,
    DOut,
    F,
    activation: activationOf(config, weights),
    W_enc: { stored: tensor('W_enc', [D, F]), isTransposed: false },
    ...(config.activation === 'gated' ? {} : { b_enc: tensor('b_enc', [F]) }),
    W_dec: { stored: tensor('W_dec', [F, DOut]), isTransposed: false },
    b_dec: tensor('b_dec', [DOut]),
    ...(config.hasSkip === true
      ? { W_skip: { stored: tensor('W_skip', [DOut, D]), isTransposed: true } }
      : {}),
    applyBDecToInput: config.applyBDecToInput,
    inputNormalisation: await normalisationOf(absolute, config),
    // A constant factor is folded into all weights there; what is measured per token is not undone.
    ...(config.isTranscoder === true && config.normalisation !== 'expected_average_only_in'
      ? { outputInModelUnits: true }
      : {}),
    centre: config.centre,
    rescaleByDecoderNorm: config.rescaleByDecoderNorm,
    ...(decoderScale === undefined ? {} : { decoderScale }),
    prependBos: config.prependBos,
  };
}

/** Weights of an SAE to be written; `threshold` for jumprelu only. */
export interface SaelensTensors {
  /** [D, F] */
  readonly W_enc: Tensor;
  /** [F] */
  readonly b_enc: Tensor;
  /** [F, D] */
  readonly W_dec: Tensor;
  /** [D] */
  readonly b_dec: Tensor;
  /** [F] */
  readonly threshold?: Tensor;
}

/** What cfg.json says of them; D and F follow from the tensors. */
export interface SaelensDescription {
  readonly activation: SaelensArchitecture;
  readonly site: string;
  readonly modelName: string;
  /** Tokens per training text, BOS included. */
  readonly contextSize: number;
  readonly datasetPath: string;
  readonly applyBDecToInput: boolean;
  readonly prependBos: boolean;
}

function configFor(description: SaelensDescription, [D, F]: readonly [number, number]): object {
  const { activation } = description;
  return {
    architecture: activation.architecture,
    d_in: D,
    d_sae: F,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: description.applyBDecToInput,
    normalize_activations: 'none',
    reshape_activations: 'none',
    ...(activation.architecture === 'topk'
      ? { k: activation.k, rescale_acts_by_decoder_norm: false }
      : {}),
    metadata: {
      sae_lens_version: formatVersion,
      model_name: description.modelName,
      hook_name: description.site,
      hook_head_index: null,
      prepend_bos: description.prependBos,
      dataset_path: description.datasetPath,
      context_size: description.contextSize,
    },
  };
}

/** Writes an SAE that SAELens 6 and {@link loadSaelens} read; weights first, so that cfg.json never precedes them. */
export async function writeSaelens(
  folder: string,
  tensors: SaelensTensors,
  description: SaelensDescription,
): Promise<void> {
  const [D = 0, F = 0] = tensors.W_enc.dims;
  const { threshold, ...rest } = tensors;
  expectShape('W_enc', tensors.W_enc.dims, [D, F]);
  expectShape('b_enc', tensors.b_enc.dims, [F]);
  expectShape('W_dec', tensors.W_dec.dims, [F, D]);
  expectShape('b_dec', tensors.b_dec.dims, [D]);
  if ((threshold !== undefined) !== (description.activation.architecture === 'jumprelu')) {
    throw new MonosemError(
      'badArgument',
      `An SAE of architecture ${description.activation.architecture} was to be written to ${folder} ${threshold ? 'with' : 'without'} a threshold; jumprelu has one, the others have none.`,
    );
  }
  if (threshold !== undefined) expectShape('threshold', threshold.dims, [F]);
  await writeSafetensors(
    path.join(folder, weightsName),
    threshold === undefined ? rest : { ...rest, threshold },
    { format: 'pt' },
  );
  const config = `${JSON.stringify(configFor(description, [D, F]), null, 2)}\n`;
  await writeAtomic(path.join(folder, configName), config, 'The SAE configuration');
}
