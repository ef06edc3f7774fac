// The dictionary_learning library: ae.pt beside config.json, whose trainer.dict_class says what it is. Classes trained
// with BatchTopK have a threshold learned along the way and use it instead of k.
// Source: saprmarks/dictionary_learning `dictionary_learning/dictionary.py`, `trainers/*.py`, `utils.py`.
import path from 'node:path';
import { exists, readJsonObject } from '../../files/files.ts';
import { isTorchDict, readTorch, torchTable } from '../../files/containers/torchFile.ts';
import type { Sae, SaeActivation } from '../sae.ts';
import {
  asObject,
  isCount,
  lastParts,
  plainConventions,
  SaeTensors,
  scalar,
  unsupportedSae,
} from './saeTensors.ts';

const weightsName = 'ae.pt';
const configName = 'config.json';

/** The part of the descriptor that depends on the class. */
type Weights = Pick<Sae, 'D' | 'F' | 'activation' | 'W_enc' | 'b_enc' | 'W_dec' | 'b_dec'> &
  Partial<Pick<Sae, 'applyBDecToInput' | 'rescaleByDecoderNorm' | 'expectedL0'>>;

export async function isDictionaryLearningFolder(folder: string): Promise<boolean> {
  const files = [weightsName, configName].map((name) => exists(path.join(folder, name)));
  return (await Promise.all(files)).every(Boolean);
}

/** Layers as torch.nn.Linear keeps them: encoder.weight [F, D], decoder.weight [D, F]. */
function linear(tensors: SaeTensors, bias: string) {
  const [F, D] = tensors.shape('encoder.weight');
  return {
    D,
    F,
    W_enc: tensors.transposed('encoder.weight', [D, F]),
    W_dec: tensors.transposed('decoder.weight', [F, D]),
    b_dec: tensors.vector(bias, D),
  };
}

/** Matrices as they are multiplied: W_enc [D, F], W_dec [F, D]. */
function matrices(tensors: SaeTensors) {
  const [D, F] = tensors.shape('W_enc');
  return {
    D,
    F,
    W_enc: tensors.matrix('W_enc', [D, F]),
    b_enc: tensors.vector('b_enc', F),
    W_dec: tensors.matrix('W_dec', [F, D]),
    b_dec: tensors.vector('b_dec', D),
  };
}

/** The threshold that training estimated; −1, never estimated, lets every positive activation through. */
async function estimatedThreshold(tensors: SaeTensors): Promise<SaeActivation> {
  return { kind: 'jumprelu', threshold: scalar(await tensors.number('threshold')) };
}

/** Active features per token in training, on average over a batch. */
async function trainedL0(tensors: SaeTensors): Promise<Pick<Sae, 'expectedL0'>> {
  const k = tensors.has('k') ? await tensors.number('k') : undefined;
  return isCount(k) ? { expectedL0: k } : {};
}

const relu: SaeActivation = { kind: 'relu' };

const classes: ReadonlyMap<string, (tensors: SaeTensors) => Weights | Promise<Weights>> = new Map<
  string,
  (tensors: SaeTensors) => Weights | Promise<Weights>
>([
  // The library folds decoder norms into the encoder when it loads this class.
  [
    'AutoEncoder',
    (tensors) => {
      const layers = linear(tensors, 'bias');
      const b_enc = tensors.vector('encoder.bias', layers.F);
      const folded = { applyBDecToInput: true, rescaleByDecoderNorm: true };
      return { ...layers, b_enc, activation: relu, ...folded };
    },
  ],
  [
    'AutoEncoderNew',
    (tensors) => {
      const layers = linear(tensors, 'decoder.bias');
      return { ...layers, b_enc: tensors.vector('encoder.bias', layers.F), activation: relu };
    },
  ],
  [
    'GatedAutoEncoder',
    (tensors) => {
      const layers = linear(tensors, 'decoder_bias');
      const activation: SaeActivation = {
        kind: 'gated',
        b_gate: tensors.vector('gate_bias', layers.F),
        r_mag: tensors.vector('r_mag', layers.F),
        b_mag: tensors.vector('mag_bias', layers.F),
      };
      return { ...layers, activation, applyBDecToInput: true };
    },
  ],
  [
    'JumpReluAutoEncoder',
    (tensors) => {
      const weights = matrices(tensors);
      const threshold = tensors.vector('threshold', weights.F);
      return { ...weights, activation: { kind: 'jumprelu', threshold } };
    },
  ],
  [
    'AutoEncoderTopK',
    async (tensors) => {
      const layers = linear(tensors, 'b_dec');
      const b_enc = tensors.vector('encoder.bias', layers.F);
      const k = await tensors.number('k');
      return { ...layers, b_enc, activation: { kind: 'topk', k }, applyBDecToInput: true };
    },
  ],
  [
    'BatchTopKSAE',
    async (tensors) => {
      const layers = linear(tensors, 'b_dec');
      const b_enc = tensors.vector('encoder.bias', layers.F);
      const activation = await estimatedThreshold(tensors);
      return {
        ...layers,
        b_enc,
        activation,
        applyBDecToInput: true,
        ...(await trainedL0(tensors)),
      };
    },
  ],
  [
    'MatryoshkaBatchTopKSAE',
    async (tensors) => {
      const activation = await estimatedThreshold(tensors);
      return {
        ...matrices(tensors),
        activation,
        applyBDecToInput: true,
        ...(await trainedL0(tensors)),
      };
    },
  ],
]);

const sites: readonly (readonly [RegExp, string])[] = [
  [/resid_pre/, 'hook_resid_pre'],
  [/resid_mid/, 'hook_resid_mid'],
  [/resid/, 'hook_resid_post'],
  [/attn|attention/, 'hook_attn_out'],
  [/mlp/, 'hook_mlp_out'],
];

/** trainer.submodule_name is chosen by whoever trains; `resid_post_layer_8` and the like are the custom. */
function siteOf(folder: string, trainer: Readonly<Record<string, unknown>>): string {
  const { layer, submodule_name: submodule } = trainer;
  const site = sites.find(([pattern]) => typeof submodule === 'string' && pattern.test(submodule));
  if (site !== undefined && typeof layer === 'number' && Number.isSafeInteger(layer)) {
    return `blocks.${layer}.${site[1]}`;
  }
  throw unsupportedSae(
    folder,
    `does not tell which place it reads (layer ${JSON.stringify(layer)}, submodule_name ${JSON.stringify(submodule)})`,
    'set trainer.layer and trainer.submodule_name in config.json, e.g. to 8 and "resid_post_layer_8"',
  );
}

/** @throws MonosemError for unknown classes and places, other shapes, and pickles with anything but tensors */
export async function loadDictionaryLearning(folder: string): Promise<Sae> {
  const config = await readJsonObject(path.join(folder, configName), 'The SAE configuration');
  const trainer = asObject(config['trainer']);
  const dictClass = trainer['dict_class'];
  const read = classes.get(typeof dictClass === 'string' ? dictClass : '');
  if (read === undefined || typeof dictClass !== 'string') {
    throw unsupportedSae(
      folder,
      `is of the class ${JSON.stringify(dictClass)} (trainer.dict_class in config.json)`,
      `supported are ${[...classes.keys()].join(', ')}`,
    );
  }
  const weightsFile = path.join(folder, weightsName);
  const { file, root } = await readTorch(weightsFile);
  const table = torchTable(file, isTorchDict(root) ? root : new Map());
  const weights = await read(new SaeTensors(table));
  expectTopK(folder, weights);
  const modelName = trainer['lm_name'];
  const contextSize = asObject(config['buffer'])['ctx_len'];
  return {
    name: lastParts(folder, 2),
    folder,
    weightsFile,
    format: 'dictionary_learning',
    architecture: dictClass,
    ...(typeof modelName === 'string' ? { modelName } : {}),
    ...(isCount(contextSize) ? { contextSize } : {}),
    ...plainConventions({ site: siteOf(folder, trainer), D: weights.D }),
    ...weights,
    // Its buffers call the tokenizer as it is (`buffer.py`; `add_special_tokens` in `pytorch_buffer.py` is true by default).
    bosByTokenizer: true,
  };
}

function expectTopK(folder: string, { activation, F }: Weights): void {
  if (activation.kind !== 'topk' || (isCount(activation.k) && activation.k <= F)) return;
  throw unsupportedSae(
    folder,
    `keeps ${activation.k} of ${F} features per token`,
    'download or export it again',
  );
}
