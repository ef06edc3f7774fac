// OpenAI's SAEs for GPT-2: one .pt per layer. Versions with TopK normalise their input per token; older ones have
// ReLU and no normalisation. The place stands in the path: LOCATION_VERSION/autoencoders/LAYER.pt.
// Source: openai/sparse_autoencoder `sparse_autoencoder/model.py`, `paths.py`.
import path from 'node:path';
import { isTorchDict, torchTable, type TorchContent } from '../../files/containers/torchFile.ts';
import type { Sae, SaeActivation } from '../sae.ts';
import { isCount, plainConventions, SaeTensors, unsupportedSae } from './saeTensors.ts';

const sites: ReadonlyMap<string, string> = new Map([
  ['resid_delta_attn', 'hook_attn_out'],
  ['resid_delta_mlp', 'hook_mlp_out'],
  ['resid_post_attn', 'hook_resid_mid'],
  ['resid_post_mlp', 'hook_resid_post'],
  ['mlp_post_act', 'mlp.hook_post'],
]);
const locations = new RegExp([...sites.keys()].join('|'), 'g');

/** GPT-2 was read in contexts of 64 tokens. */
const contextSize = 64;
/** Added to the standard deviation, in `LN`. */
const epsilon = 1e-5;

export function isOpenaiContent({ root }: TorchContent): boolean {
  return isTorchDict(root) && root.has('pre_bias') && root.has('latent_bias');
}

function siteOf(file: string): { readonly site: string; readonly name: string } {
  const location = file.match(locations)?.at(-1) ?? '';
  const layer = /(\d+)\.pth?$/.exec(path.basename(file))?.[1];
  const site = sites.get(location);
  if (site === undefined || layer === undefined) {
    throw unsupportedSae(
      file,
      'does not tell which place it reads',
      'keep the names of the original, such as resid_post_mlp_v5_32k/autoencoders/8.pt',
    );
  }
  const folder = file.split(path.sep).find((part) => part.startsWith(location)) ?? location;
  return { site: `blocks.${Number(layer)}.${site}`, name: `${folder}/${layer}` };
}

/** Without a name it is ReLU, as in the first version. */
function activationOf(content: TorchContent): SaeActivation {
  const dict = isTorchDict(content.root) ? content.root : new Map<string, never>();
  const name = dict.get('activation') ?? 'ReLU';
  if (name === 'ReLU') return { kind: 'relu' };
  const state = dict.get('activation_state_dict');
  const [k, after = 'ReLU'] = isTorchDict(state) ? [state.get('k'), state.get('postact_fn')] : [];
  if (name === 'TopK' && isCount(k) && after === 'ReLU') return { kind: 'topk', k };
  throw unsupportedSae(
    content.file,
    `has the activation ${JSON.stringify(name)} with k ${JSON.stringify(k)} and ${JSON.stringify(after)} after it`,
    'supported are ReLU, and TopK followed by ReLU',
  );
}

/** @throws MonosemError for other shapes or activations, and for paths that do not tell the place */
export function loadOpenai(content: TorchContent): Sae {
  const { file, root } = content;
  const tensors = new SaeTensors(torchTable(file, isTorchDict(root) ? root : new Map()));
  const [F, D] = tensors.shape('encoder.weight');
  const activation = activationOf(content);
  const { site, name } = siteOf(file);
  return {
    name,
    folder: path.dirname(file),
    weightsFile: file,
    format: 'OpenAI',
    architecture: activation.kind === 'topk' ? 'TopK' : 'ReLU',
    modelName: 'gpt2',
    contextSize,
    ...plainConventions({ site, D }),
    F,
    activation,
    W_enc: tensors.transposed('encoder.weight', [D, F]),
    b_enc: tensors.vector('latent_bias', F),
    W_dec: tensors.transposed('decoder.weight', [F, D]),
    b_dec: tensors.vector('pre_bias', D),
    applyBDecToInput: true,
    inputNormalisation:
      activation.kind === 'topk' ? { kind: 'layerNorm', epsilon } : { kind: 'none' },
    prependBos: false,
  };
}
