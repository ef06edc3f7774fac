// Gemma Scope 1: params.npz in SITE-REPOSITORY/layer_N/width_W/average_l0_L, JumpReLU without normalisation and
// without a bias on its input. Which place was read stands only in the path, so folders must keep their names.
// Source: SAELens `sae_lens/loading/pretrained_sae_loaders.py`, gemma_2_sae_huggingface_loader.
import path from 'node:path';
import { exists } from '../../files/files.ts';
import { readNpz } from '../../files/containers/npz.ts';
import type { Sae, SaeVector } from '../sae.ts';
import {
  isCount,
  lastParts,
  plainConventions,
  SaeTensors,
  scaled,
  unsupportedSae,
} from './saeTensors.ts';

const weightsName = 'params.npz';

/** Contexts of the training data, in tokens. */
const contextSize = 1024;

export function isGemmaScopeFolder(folder: string): Promise<boolean> {
  return exists(path.join(folder, weightsName));
}

interface Place {
  readonly site: string;
  readonly outputSite: string;
}

/** By the last word of the repository's name; `res` where the path does not tell. */
const places: ReadonlyMap<string, readonly [site: string, outputSite: string]> = new Map([
  ['res', ['hook_resid_post', 'hook_resid_post']],
  ['mlp', ['hook_mlp_out', 'hook_mlp_out']],
  ['att', ['attn.hook_z', 'attn.hook_z']],
  ['transcoders', ['ln2.hook_normalized', 'hook_mlp_out']],
]);

function placeOf(folder: string): Place {
  const parts = folder.split(path.sep);
  if (parts.includes('embedding')) return { site: 'hook_embed', outputSite: 'hook_embed' };
  const at = parts.findLastIndex((part) => /^layer_\d+$/.test(part));
  if (at === -1) {
    throw unsupportedSae(
      folder,
      'does not tell which layer it reads',
      'keep the folder names of Gemma Scope, such as layer_12/width_16k/average_l0_82',
    );
  }
  const words = parts.slice(0, at).flatMap((part) => part.split(/[-_]/));
  const word = words.findLast((candidate) => places.has(candidate)) ?? 'res';
  const [site = '', outputSite = ''] = places.get(word) ?? [];
  const block = `blocks.${Number(parts[at]?.slice('layer_'.length))}`;
  return { site: `${block}.${site}`, outputSite: `${block}.${outputSite}` };
}

/** `gemma-scope-2b-pt-res` was trained on `gemma-2-2b`. */
function modelOf(folder: string): { readonly modelName?: string } {
  const [, size, kind] = /gemma-scope-(\d+b)-(pt|it)/.exec(folder) ?? [];
  if (size === undefined) return {};
  return { modelName: `gemma-2-${size}${kind === 'it' ? '-it' : ''}` };
}

/** `average_l0_82`, as measured by its authors. */
function expectedL0(folder: string): Pick<Sae, 'expectedL0'> {
  const l0 = Number(/average_l0_(\d+)$/.exec(folder)?.[1]);
  return isCount(l0) ? { expectedL0: l0 } : {};
}

/** @throws MonosemError for damaged files, other shapes, and paths that do not tell the layer */
export async function loadGemmaScope(folder: string): Promise<Sae> {
  const weightsFile = path.join(folder, weightsName);
  const tensors = new SaeTensors(await readNpz(weightsFile));
  const W_enc = tensors.spelled('W_enc', 'w_enc');
  const W_dec = tensors.spelled('W_dec', 'w_dec');
  const [D, F] = tensors.shape(W_enc);
  const [, DOut] = tensors.shape(W_dec);
  const place = placeOf(folder);
  const b_dec = tensors.vector('b_dec', DOut);
  return {
    name: lastParts(folder, 3),
    folder,
    weightsFile,
    format: 'Gemma Scope',
    architecture: place.site === place.outputSite ? 'jumprelu' : 'jumprelu_transcoder',
    ...modelOf(folder),
    ...expectedL0(folder),
    contextSize,
    ...plainConventions({ site: place.site, D }),
    ...place,
    DOut,
    F,
    activation: { kind: 'jumprelu', threshold: tensors.vector('threshold', F) },
    W_enc: tensors.matrix(W_enc, [D, F]),
    b_enc: tensors.vector('b_enc', F),
    W_dec: tensors.matrix(W_dec, [F, DOut]),
    b_dec,
    ...(place.site === 'hook_embed' ? await embeddingScale(D, b_dec) : {}),
  };
}

/**
 * SAEs of embeddings were trained on embeddings times √D, undone here as W_enc ÷ √D and W_dec · √D. b_dec is not
 * scaled in the file, so it must not be scaled by the normalisation either.
 */
async function embeddingScale(
  D: number,
  b_dec: Parameters<typeof scaled>[0],
): Promise<Pick<Sae, 'inputNormalisation'> & { readonly b_dec: SaeVector }> {
  const factor = 1 / Math.sqrt(D);
  return {
    inputNormalisation: { kind: 'expectedAverageOnlyIn', factor },
    b_dec: await scaled(b_dec, factor),
  };
}
