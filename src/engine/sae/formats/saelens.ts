// SAEs in the folder format of SAELens: cfg.json beside sae_weights.safetensors with W_enc [D, F], b_enc [F],
// W_dec [F, D], b_dec [D] and, for jumprelu, threshold [F]. Reads versions 6 and older, writes version 6.
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
import type { Sae, SaeActivation } from '../sae.ts';
import { parseSaelensConfig, type SaelensArchitecture } from './saelensConfig.ts';

const configName = 'cfg.json';
const weightsName = 'sae_weights.safetensors';

/** The first SAELens version with this cfg.json; loaders choose how to read by it. */
const formatVersion = '6.0.0';

export async function isSaelensFolder(folder: string): Promise<boolean> {
  return (await isFolder(folder)) && (await exists(path.join(folder, configName)));
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

/** Early SAELens wrote a scaling_factor of ones; any other value would change every activation. */
async function expectNoScaling(header: SafetensorsHeader, file: string): Promise<void> {
  const stored = header.tensors.get('scaling_factor');
  if (stored === undefined) return;
  const { data } = await readTensor(stored);
  // 1e-5: the relative tolerance with which SAELens itself drops the tensor.
  if (data.every((factor) => Math.abs(factor - 1) <= 1e-5)) return;
  throw new MonosemError(
    'unsupportedSae',
    `The SAE weights ${file} have a finetuned scaling_factor, which is not supported; choose an SAE without it.`,
  );
}

/** @throws MonosemError for missing, damaged or unsupported files, and for shapes that contradict cfg.json */
export async function loadSaelens(folder: string): Promise<Sae> {
  const absolute = path.resolve(folder);
  const configFile = path.join(absolute, configName);
  const weightsFile = path.join(absolute, weightsName);
  const json = await readJsonObject(configFile, 'The SAE configuration');
  const config = parseSaelensConfig(configFile, json);
  const header = await readSafetensors(weightsFile);
  const { D, F } = config;
  const tensor = (name: string, dims: readonly number[]): StoredTensor => {
    const stored = pick(header, weightsFile, name);
    expectShape(`Tensor ${name} in ${weightsFile}`, stored.dims, dims);
    return stored;
  };
  await expectNoScaling(header, weightsFile);
  const { activation, ...described } = config;
  return {
    name: path.basename(absolute),
    folder: absolute,
    weightsFile,
    format: 'SAELens',
    ...described,
    architecture: activation.architecture,
    outputSite: config.site,
    DOut: D,
    activation: activationOf(activation, tensor, F),
    W_enc: { stored: tensor('W_enc', [D, F]), isTransposed: false },
    b_enc: tensor('b_enc', [F]),
    W_dec: { stored: tensor('W_dec', [F, D]), isTransposed: false },
    b_dec: tensor('b_dec', [D]),
    inputNormalisation: { kind: 'none' },
    centre: false,
    rescaleByDecoderNorm: false,
  };
}

function activationOf(
  activation: SaelensArchitecture,
  tensor: (name: string, dims: readonly number[]) => StoredTensor,
  F: number,
): SaeActivation {
  switch (activation.architecture) {
    case 'standard':
      return { kind: 'relu' };
    case 'jumprelu':
      return { kind: 'jumprelu', threshold: tensor('threshold', [F]) };
    case 'topk':
      return { kind: 'topk', k: activation.k };
  }
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
