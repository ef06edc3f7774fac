// SAEs that are a single PyTorch file, told apart by the tensors in it: OpenAI's, those of connor_rob, Goodfire and
// Qwen Scope. The folder is not enough where a file's name carries the layer.
import path from 'node:path';
import { exists, fileNames, isFolder, readJsonObject } from '../../files/files.ts';
import {
  isTorchDict,
  readTorch,
  torchTable,
  type TorchContent,
} from '../../files/containers/torchFile.ts';
import type { Sae } from '../sae.ts';
import { isOpenaiContent, loadOpenai } from './openai.ts';
import { isCount, lastParts, plainConventions, SaeTensors, unsupportedSae } from './saeTensors.ts';

const isTorchName = (name: string): boolean => /\.pth?$/.test(name);

/** The PyTorch file that `place` is, or the only one in the folder that it is. */
export async function torchFileAt(place: string): Promise<string | undefined> {
  if (!(await isFolder(place))) {
    return isTorchName(place) && (await exists(place)) ? place : undefined;
  }
  const [first, ...others] = (await fileNames(place)).filter(isTorchName);
  return first === undefined || others.length > 0 ? undefined : path.join(place, first);
}

/** @throws MonosemError for pickles with anything but tensors and plain containers, and for unknown tensors */
export async function loadTorchFile(file: string): Promise<Sae> {
  const content = await readTorch(file);
  // Links of a download cache are followed for the bytes; the names are those of the path that was given.
  const named = { ...content, file: path.resolve(file) };
  if (isOpenaiContent(named)) return loadOpenai(named);
  const root = isTorchDict(content.root) ? content.root : new Map<string, never>();
  const tensors = new SaeTensors(torchTable(named.file, root));
  const config = `${named.file.replace(/\.pth?$/, '')}_cfg.json`;
  if (tensors.has('W_enc') && (await exists(config))) {
    return loadConnorRob(named, tensors, await readJsonObject(config, 'The SAE configuration'));
  }
  if (tensors.has('W_enc') && qwenName.test(named.file)) return loadQwenScope(named, tensors);
  for (const suffix of ['', '_linear']) {
    if (tensors.has(`encoder${suffix}.weight`) && tensors.has(`decoder${suffix}.bias`)) {
      return loadLinear(named, tensors, suffix);
    }
  }
  throw unsupportedSae(
    named.file,
    `holds no tensors of a known format (it has: ${[...root.keys()].slice(0, 20).join(', ')})`,
    'choose a file of OpenAI, connor_rob, Goodfire or Qwen Scope, or a folder with a configuration',
  );
}

/** ReLU SAEs of attention heads and MLPs of GPT-2. Source: SAELens, connor_rob_hook_z_huggingface_loader. */
function loadConnorRob(
  { file }: TorchContent,
  tensors: SaeTensors,
  config: Readonly<Record<string, unknown>>,
): Sae {
  const { act_name: site, model_name: modelName } = config;
  if (typeof site !== 'string') {
    throw unsupportedSae(file, 'names no act_name in its _cfg.json', 'download it again');
  }
  const [D, F] = tensors.shape('W_enc');
  return {
    name: path.basename(path.dirname(file)),
    folder: path.dirname(file),
    weightsFile: file,
    format: 'connor_rob',
    architecture: 'standard',
    ...(typeof modelName === 'string' ? { modelName } : {}),
    ...plainConventions({ site, D }),
    F,
    activation: { kind: 'relu' },
    W_enc: tensors.matrix('W_enc', [D, F]),
    b_enc: tensors.vector('b_enc', F),
    W_dec: tensors.matrix('W_dec', [F, D]),
    b_dec: tensors.vector('b_dec', D),
    applyBDecToInput: true,
  };
}

/**
 * Two torch.nn.Linear with ReLU between; the file's name ends with the layer. Source: SAELens, deepseek_r1_sae_… and
 * goodfire_sae_huggingface_loader.
 */
function loadLinear({ file }: TorchContent, tensors: SaeTensors, suffix: string): Sae {
  const [encoder, decoder] = [`encoder${suffix}`, `decoder${suffix}`];
  const layer = /l(\d+)\.pth?$/.exec(file)?.[1];
  if (layer === undefined) {
    throw unsupportedSae(
      file,
      'does not tell which layer it reads',
      'keep the name of the original, such as DeepSeek-R1-Distill-Llama-8B-SAE-l19.pt',
    );
  }
  const [F, D] = tensors.shape(`${encoder}.weight`);
  return {
    name: path.basename(file).replace(/\.pth?$/, ''),
    folder: path.dirname(file),
    weightsFile: file,
    format: 'Goodfire',
    architecture: 'standard',
    ...plainConventions({ site: `blocks.${Number(layer)}.hook_resid_post`, D }),
    F,
    activation: { kind: 'relu' },
    W_enc: tensors.transposed(`${encoder}.weight`, [D, F]),
    b_enc: tensors.vector(`${encoder}.bias`, F),
    W_dec: tensors.transposed(`${decoder}.weight`, [F, D]),
    b_dec: tensors.vector(`${decoder}.bias`, D),
  };
}

/** `layer12.sae.pt` in a repository whose name ends with how many features are kept. */
const qwenName = /layer(\d+)\.sae\.pt$/;

/** W_enc [F, D], W_dec [D, F]; no bias is subtracted. Source: SAELens, qwen_scope_sae_huggingface_loader. */
function loadQwenScope({ file }: TorchContent, tensors: SaeTensors): Sae {
  const layer = qwenName.exec(file)?.[1] ?? '';
  const k = Number(/L0_(\d+)/.exec(file)?.[1]);
  const [F, D] = tensors.shape('W_enc');
  if (!isCount(k) || k > F) {
    throw unsupportedSae(
      file,
      'does not tell how many features are kept per token',
      "keep its folder's name, such as SAE-Res-Qwen3-1.7B-Base-W32K-L0_50",
    );
  }
  const modelName = /SAE-Res-(.+)-W\d+K-L0/.exec(file)?.[1];
  return {
    name: lastParts(file, 2),
    folder: path.dirname(file),
    weightsFile: file,
    format: 'Qwen Scope',
    architecture: 'topk',
    ...(modelName === undefined ? {} : { modelName }),
    ...plainConventions({ site: `blocks.${Number(layer)}.hook_resid_post`, D }),
    F,
    activation: { kind: 'topk', k },
    W_enc: tensors.transposed('W_enc', [D, F]),
    b_enc: tensors.vector('b_enc', F),
    W_dec: tensors.transposed('W_dec', [F, D]),
    b_dec: tensors.vector('b_dec', D),
    prependBos: false,
  };
}
