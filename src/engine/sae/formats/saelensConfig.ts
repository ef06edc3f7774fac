// cfg.json of SAELens, version 6 (nested `metadata`) and older (flat), brought to one meaning. What this project
// cannot compute exactly is refused here by name, because a wrong activation looks like a right one.
// Key names and defaults: SAELens `sae_lens/loading/pretrained_sae_loaders.py`, handle_pre_6_0_config.
import { MonosemError } from '../../../shared/errors.ts';
import { isCentred } from './saelensKnown.ts';

type Json = Readonly<Record<string, unknown>>;

/** The architectures that are written, see saelens.ts. */
export type SaelensArchitecture =
  | { readonly architecture: 'standard' }
  | { readonly architecture: 'jumprelu' }
  | { readonly architecture: 'topk'; readonly k: number };

/** What an architecture is made of. */
interface Architecture {
  readonly activation: 'relu' | 'jumprelu' | 'topk' | 'gated' | 'batchtopk';
  /** It predicts another place than it reads: b_dec is not subtracted, and the output not scaled back. */
  readonly isTranscoder?: true;
  readonly hasSkip?: true;
}

const architectures: Readonly<Record<string, Architecture>> = {
  standard: { activation: 'relu' },
  jumprelu: { activation: 'jumprelu' },
  topk: { activation: 'topk' },
  gated: { activation: 'gated' },
  // Saved in the middle of training; finished ones are saved as jumprelu.
  batchtopk: { activation: 'batchtopk' },
  matryoshka_batchtopk: { activation: 'batchtopk' },
  transcoder: { activation: 'relu', isTranscoder: true },
  skip_transcoder: { activation: 'relu', isTranscoder: true, hasSkip: true },
  jumprelu_transcoder: { activation: 'jumprelu', isTranscoder: true },
  jumprelu_skip_transcoder: { activation: 'jumprelu', isTranscoder: true, hasSkip: true },
};

/** Of SAELens 6.54, and why it is no sparse code as everything here expects it: of one token, with f ≥ 0. */
const others: Readonly<Record<string, string>> = {
  abstopk: ', whose activations may be negative',
  matching_pursuit: ', which chooses features one after the other instead of encoding',
  temporal: ', which also reads earlier tokens',
};

const normalisations = [
  'none',
  'expected_average_only_in',
  'constant_norm_rescale',
  'layer_norm',
] as const;

export interface SaelensConfig extends Architecture {
  readonly architecture: string;
  /** topk only. */
  readonly k?: number;
  readonly D: number;
  readonly DOut: number;
  readonly F: number;
  readonly site: string;
  readonly outputSite: string;
  readonly modelName?: string;
  readonly contextSize?: number;
  readonly applyBDecToInput: boolean;
  readonly prependBos: boolean;
  readonly normalisation: (typeof normalisations)[number];
  readonly centre: boolean;
  readonly rescaleByDecoderNorm: boolean;
  /** A `scaling_factor` that is not all ones is meant. */
  readonly isFinetuned: boolean;
}

function unsupported(file: string, problem: string, advice: string): MonosemError {
  return new MonosemError('unsupportedSae', `The SAE described by ${file} ${problem}; ${advice}.`);
}

function damaged(file: string, problem: string): MonosemError {
  return new MonosemError(
    'fileDamaged',
    `The SAE configuration ${file} ${problem}; download or export the SAE again.`,
  );
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

/** Everything on one level, under its version 6 name as well. */
function flatten(cfg: Json): Json {
  const renamed: Record<string, string> = {
    hook_point: 'hook_name',
    hook_point_head_index: 'hook_head_index',
    activation_fn_str: 'activation_fn',
  };
  // Release candidates of version 6 wrote `meta`.
  const { metadata, meta, ...rest } = cfg;
  const flat: Record<string, unknown> = { ...rest };
  for (const [old, name] of Object.entries(renamed))
    if (rest[old] !== undefined) flat[name] = rest[old];
  return { ...flat, ...asObject(meta), ...asObject(metadata) };
}

function readCount(file: string, cfg: Json, key: string): number {
  const value = cfg[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw damaged(file, `has no valid ${key}`);
}

function readFlag(file: string, cfg: Json, key: string, fallback: boolean): boolean {
  const value = cfg[key] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw damaged(file, `has a ${key} that is neither true nor false`);
}

function readArchitecture(file: string, cfg: Json): Architecture & { architecture: string } {
  const stated: unknown = cfg['architecture'] ?? 'standard';
  const activation: unknown = cfg['activation_fn'] ?? 'relu';
  // Before version 6 topk was a standard SAE with another activation function.
  const name = activation === 'topk' ? 'topk' : stated;
  const known = typeof name === 'string' ? architectures[name] : undefined;
  if (known === undefined || typeof name !== 'string') {
    throw unsupported(
      file,
      `has the architecture ${JSON.stringify(name)}${others[String(name)] ?? ''}`,
      `supported are ${Object.keys(architectures).join(', ')}`,
    );
  }
  if (activation !== 'topk' && activation !== 'relu') {
    throw unsupported(
      file,
      `has the activation_fn ${JSON.stringify(activation)}`,
      'supported are relu and topk',
    );
  }
  return { architecture: name, ...known };
}

function readK(file: string, cfg: Json): number {
  const k = readCount(file, { k: cfg['k'] ?? asObject(cfg['activation_fn_kwargs'])['k'] }, 'k');
  if (k > readCount(file, cfg, 'd_sae')) throw damaged(file, 'has a k above its d_sae');
  return k;
}

function readNormalisation(file: string, cfg: Json): (typeof normalisations)[number] {
  const stated: unknown = cfg['normalize_activations'] ?? 'none';
  const byFlag = stated === true ? 'expected_average_only_in' : 'none';
  const name = typeof stated === 'boolean' ? byFlag : stated;
  const known = normalisations.find((one) => one === name);
  if (known !== undefined) return known;
  throw unsupported(
    file,
    `normalizes its input in another way (normalize_activations is ${JSON.stringify(stated)})`,
    `supported are ${normalisations.join(', ')}`,
  );
}

/** Values of keys under which an SAE is read as a whole; anything else changes activations. */
function expectWhole(file: string, cfg: Json): void {
  const reshape: unknown = cfg['reshape_activations'] ?? 'none';
  if (reshape !== 'none' && reshape !== 'hook_z') {
    throw unsupported(
      file,
      `reshapes its input in another way (reshape_activations is ${JSON.stringify(reshape)})`,
      'supported are none and hook_z',
    );
  }
  for (const key of ['hook_head_index', 'hook_head_index_out']) {
    const head = cfg[key] ?? null;
    if (head === null) continue;
    throw unsupported(
      file,
      `reads or writes a single attention head (${key} is ${JSON.stringify(head)}), which is not supported`,
      'choose an SAE over all heads',
    );
  }
}

function readSites(
  file: string,
  cfg: Json,
  isTranscoder: boolean,
): { readonly site: string; readonly outputSite: string } {
  const { hook_name: site } = cfg;
  if (typeof site !== 'string') throw damaged(file, 'names no hook (hook_name)');
  const outputSite = cfg['hook_name_out'] ?? null;
  if (isTranscoder) {
    if (typeof outputSite === 'string') return { site, outputSite };
    throw damaged(file, 'is of a transcoder and does not say what it predicts (hook_name_out)');
  }
  if (outputSite === null || outputSite === site) return { site, outputSite: site };
  throw unsupported(
    file,
    `writes to another place than it reads (hook_name_out is ${JSON.stringify(outputSite)}) and is no transcoder`,
    'check its architecture',
  );
}

/** @throws MonosemError `unsupportedSae`, naming what is and what is not supported, or `fileDamaged` */
export function parseSaelensConfig(file: string, json: Json): SaelensConfig {
  const cfg = flatten(json);
  const architecture = readArchitecture(file, cfg);
  const isTranscoder = architecture.isTranscoder === true;
  expectWhole(file, cfg);
  const D = readCount(file, cfg, 'd_in');
  const sites = readSites(file, cfg, isTranscoder);
  const { model_name: modelName, context_size: contextSize } = cfg;
  const isTraining = architecture.activation === 'batchtopk';
  return {
    ...architecture,
    ...(architecture.activation === 'topk' ? { k: readK(file, cfg) } : {}),
    D,
    DOut: isTranscoder ? readCount(file, cfg, 'd_out') : D,
    F: readCount(file, cfg, 'd_sae'),
    ...sites,
    ...(typeof modelName === 'string' ? { modelName } : {}),
    ...(typeof contextSize === 'number' ? { contextSize } : {}),
    applyBDecToInput: !isTranscoder && readFlag(file, cfg, 'apply_b_dec_to_input', true),
    prependBos: readFlag(file, cfg, 'prepend_bos', true),
    normalisation: readNormalisation(file, cfg),
    centre: !isTranscoder && isCentred(cfg, sites.site),
    rescaleByDecoderNorm: readFlag(file, cfg, 'rescale_acts_by_decoder_norm', isTraining),
    isFinetuned: readFlag(file, cfg, 'finetuning_scaling_factor', false),
  };
}
