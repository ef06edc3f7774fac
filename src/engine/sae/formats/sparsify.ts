// EleutherAI's sparsify: cfg.json beside sae.safetensors, in a folder named after the module it was trained on
// (`layers.8`, `layers.8.mlp`). Transcoders read the module's input, others its output.
// Source: EleutherAI/sparsify `sparsify/sparse_coder.py`, `fused_encoder.py`, `config.py`.
import path from 'node:path';
import { exists, readJsonObject } from '../../files/files.ts';
import { readSafetensorsTable } from '../../files/containers/shardedSafetensors.ts';
import type { Sae, SaeActivation } from '../sae.ts';
import { isCount, lastParts, plainConventions, SaeTensors, unsupportedSae } from './saeTensors.ts';

const weightsName = 'sae.safetensors';
const configName = 'cfg.json';

export async function isSparsifyFolder(folder: string): Promise<boolean> {
  const file = path.join(folder, weightsName);
  const hasWeights = (await exists(file)) || (await exists(`${file}.index.json`));
  return hasWeights && (await exists(path.join(folder, configName)));
}

type Config = Readonly<Record<string, unknown>>;
type Place = Pick<Sae, 'site' | 'outputSite'>;

/** Module → [what goes in, what comes out]. The MLP's input is what its norm gives. */
const modules: readonly (readonly [RegExp, input: string, output: string])[] = [
  [/^$/, 'hook_resid_pre', 'hook_resid_post'],
  [/^mlp$/, 'ln2.hook_normalized', 'hook_mlp_out'],
];
const outputsOnly: readonly (readonly [RegExp, string])[] = [
  [/^(attn|self_attn|attention)$/, 'hook_attn_out'],
];

function placeOf(folder: string, isTranscoder: boolean): Place {
  const hookpoint = path.basename(folder);
  const [, layer = '', rest = ''] = /(?:^|\.)(?:layers|h)\.(\d+)(?:\.(.+))?$/.exec(hookpoint) ?? [];
  const block = (name: string): string => `blocks.${Number(layer)}.${name}`;
  const both = modules.find(([pattern]) => pattern.test(rest));
  if (layer !== '' && both !== undefined) {
    const [, input, output] = both;
    return { site: block(isTranscoder ? input : output), outputSite: block(output) };
  }
  const output = outputsOnly.find(([pattern]) => pattern.test(rest));
  if (layer !== '' && output !== undefined && !isTranscoder) {
    return { site: block(output[1]), outputSite: block(output[1]) };
  }
  throw unsupportedSae(
    folder,
    `was trained on a module that is not known by the name of its folder, ${hookpoint}`,
    'keep the name that sparsify gave it, such as layers.8 or layers.8.mlp',
  );
}

function activationOf(folder: string, config: Config, F: number): SaeActivation {
  const { k, activation = 'topk' } = config;
  if ((activation === 'topk' || activation === 'groupmax') && isCount(k) && k <= F) {
    if (activation === 'topk' || F % k === 0) return { kind: activation, k };
  }
  throw unsupportedSae(
    folder,
    `has the activation ${JSON.stringify(activation)} with k ${JSON.stringify(k)} of ${F} features`,
    'supported are topk, and groupmax with equal groups',
  );
}

/** @throws MonosemError for other activations, shapes and module names */
export async function loadSparsify(folder: string): Promise<Sae> {
  const config = await readJsonObject(path.join(folder, configName), 'The SAE configuration');
  if (config['signed'] === true) {
    throw unsupportedSae(folder, 'has signed activations', 'choose one without them');
  }
  const tensors = new SaeTensors(await readSafetensorsTable(path.join(folder, weightsName)));
  const [F, D] = tensors.shape('encoder.weight');
  const [, DOut] = tensors.shape('W_dec');
  const isTranscoder = config['transcode'] === true;
  const hasSkip = tensors.has('W_skip');
  const activation = activationOf(folder, config, F);
  const place = placeOf(folder, isTranscoder);
  return {
    name: lastParts(folder, 2),
    folder,
    weightsFile: tensors.fileOf('encoder.weight'),
    format: 'sparsify',
    architecture: `${activation.kind}${hasSkip ? '_skip' : ''}${isTranscoder ? '_transcoder' : ''}`,
    ...plainConventions({ site: place.site, D }),
    ...place,
    DOut,
    F,
    activation,
    W_enc: tensors.transposed('encoder.weight', [D, F]),
    b_enc: tensors.vector('encoder.bias', F),
    W_dec: tensors.matrix('W_dec', [F, DOut]),
    b_dec: tensors.vector('b_dec', DOut),
    ...(hasSkip ? { W_skip: tensors.transposed('W_skip', [D, DOut]) } : {}),
    applyBDecToInput: !isTranscoder,
    // Texts are joined by EOS and cut into contexts by the tokenizer, which puts in front of each what it always does
    // (`data.py`, chunk_and_tokenize).
    bosByTokenizer: true,
  };
}
