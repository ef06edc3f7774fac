// cfg.json of SAELens, version 6 (nested `metadata`) and older (flat), brought to one meaning. What this project
// cannot compute exactly is refused here by name, because a wrong activation looks like a right one.
// Key names and defaults: SAELens `sae_lens/loading/pretrained_sae_loaders.py`, handle_pre_6_0_config.
import { MonosemError } from '../../../shared/errors.ts';

type Json = Readonly<Record<string, unknown>>;

export type SaelensArchitecture =
  | { readonly architecture: 'standard' }
  | { readonly architecture: 'jumprelu' }
  | { readonly architecture: 'topk'; readonly k: number };

export interface SaelensConfig {
  readonly activation: SaelensArchitecture;
  readonly D: number;
  readonly F: number;
  readonly site: string;
  readonly modelName?: string;
  readonly contextSize?: number;
  readonly applyBDecToInput: boolean;
  readonly prependBos: boolean;
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

/** Everything on one level under its version 6 name. */
function flatten(cfg: Json): Json {
  const renamed: Record<string, string> = {
    hook_point: 'hook_name',
    hook_point_head_index: 'hook_head_index',
    activation_fn_str: 'activation_fn',
  };
  // Release candidates of version 6 wrote `meta`.
  const { metadata, meta, ...rest } = cfg;
  const flat = Object.entries(rest).map(([key, value]) => [renamed[key] ?? key, value] as const);
  return { ...Object.fromEntries(flat), ...asObject(meta), ...asObject(metadata) };
}

function readCount(file: string, cfg: Json, key: string): number {
  const value = cfg[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw damaged(file, `has no valid ${key}`);
}

function readFlag(file: string, cfg: Json, key: string): boolean {
  const value = cfg[key] ?? true;
  if (typeof value === 'boolean') return value;
  throw damaged(file, `has a ${key} that is neither true nor false`);
}

function readArchitecture(file: string, cfg: Json): SaelensArchitecture {
  const usesTopK = cfg['activation_fn'] === 'topk';
  const architecture: unknown = usesTopK ? 'topk' : (cfg['architecture'] ?? 'standard');
  switch (architecture) {
    case 'standard':
    case 'jumprelu':
      return { architecture };
    case 'topk': {
      const k = cfg['k'] ?? asObject(cfg['activation_fn_kwargs'])['k'];
      const count = readCount(file, { k }, 'k');
      if (count > readCount(file, cfg, 'd_sae')) throw damaged(file, 'has a k above its d_sae');
      return { architecture, k: count };
    }
    default:
      throw unsupported(
        file,
        `has the architecture ${JSON.stringify(architecture)}`,
        'supported are standard, jumprelu (also trained as batchtopk) and topk',
      );
  }
}

/** One row per convention that changes activations: the key, the values that change nothing, and what to say. */
const conventions = [
  ['normalize_activations', ['none', false, null], 'normalizes its input'],
  ['reshape_activations', ['none', null], 'reads reshaped attention heads'],
  ['hook_head_index', [null], 'reads a single attention head'],
  ['rescale_acts_by_decoder_norm', [false, null], 'rescales its activations by decoder norms'],
  ['hook_name_out', [null], 'writes to another place than it reads, as transcoders do'],
] as const;

function expectPlainConventions(file: string, cfg: Json): void {
  for (const [key, harmless, meaning] of conventions) {
    const value = cfg[key] ?? null;
    if ((harmless as readonly unknown[]).includes(value)) continue;
    throw unsupported(
      file,
      `${meaning} (${key} is ${JSON.stringify(value)}), which is not supported`,
      'choose an SAE without it',
    );
  }
  const kwargs = asObject(cfg['model_from_pretrained_kwargs']);
  if (kwargs['center_writing_weights'] === true) {
    throw unsupported(
      file,
      'was trained on a residual stream with its mean removed (center_writing_weights), which is not supported',
      'choose an SAE trained on the plain model',
    );
  }
}

/** @throws MonosemError `unsupportedSae`, naming what is and what is not supported, or `fileDamaged` */
export function parseSaelensConfig(file: string, json: Json): SaelensConfig {
  const cfg = flatten(json);
  const activation = readArchitecture(file, cfg);
  expectPlainConventions(file, cfg);
  const { hook_name: site, model_name: modelName, context_size: contextSize } = cfg;
  if (typeof site !== 'string') throw damaged(file, 'names no hook (hook_name)');
  if (site.includes('hook_z')) {
    throw unsupported(
      file,
      `reads attention heads (${site}), which is not supported`,
      'choose an SAE on the residual stream or on a block output',
    );
  }
  return {
    activation,
    D: readCount(file, cfg, 'd_in'),
    F: readCount(file, cfg, 'd_sae'),
    site,
    ...(typeof modelName === 'string' ? { modelName } : {}),
    ...(typeof contextSize === 'number' ? { contextSize } : {}),
    applyBDecToInput: readFlag(file, cfg, 'apply_b_dec_to_input'),
    prependBos: readFlag(file, cfg, 'prepend_bos'),
  };
}
