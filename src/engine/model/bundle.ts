// A model folder as the hub has it: config.json, tokenizer.json and one or more .onnx files. Reads the small files
// and says which .onnx is meant; it opens no session.
import path from 'node:path';
import type { ModelVariant } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { exists, fileSize, readJsonObject } from '../files/files.ts';
import { TextTokenizer } from '../tokenizer/tokenizer.ts';

/** What config.json says, under the names this code base uses. */
export interface ModelConfig {
  /** `model_type`, e.g. `llama`. */
  readonly architecture: string;
  readonly layers: number;
  readonly dModel: number;
  readonly vocabularySize: number;
  /** Longest sequence in tokens, BOS included. */
  readonly contextLength: number;
}

export interface Bundle {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly onnxFile: string;
  /** `onnxFile` relative to the folder, with `/`. */
  readonly variant: string;
  readonly config: ModelConfig;
  readonly tokenizer: TextTokenizer;
}

/**
 * Variants in the order they are preferred when a folder holds several: full precision first, because a feature's
 * activation should depend on the model and not on its compression.
 */
const variants: readonly (readonly [file: string, description: string])[] = [
  ['model.onnx', 'as exported'],
  ['model_fp16.onnx', 'half precision'],
  ['decoder_model_merged.onnx', 'as exported'],
  ['decoder_with_past_model.onnx', 'as exported'],
  ['model_quantized.onnx', '8-bit'],
  ['model_int8.onnx', '8-bit'],
  ['model_q8.onnx', '8-bit'],
  ['model_uint8.onnx', '8-bit'],
  ['model_q4.onnx', '4-bit'],
  ['model_q4f16.onnx', '4-bit, half precision'],
];

/** The .onnx files of a model folder, the preferred one first. @throws MonosemError `fileMissing` when there is none */
export async function listVariants(folder: string): Promise<readonly ModelVariant[]> {
  const found: ModelVariant[] = [];
  for (const [file, description] of variants) {
    for (const variant of [`onnx/${file}`, file]) {
      const place = path.join(folder, variant);
      if (!(await exists(place))) continue;
      found.push({ variant, description, bytes: await fileSize(place, 'The model') });
    }
  }
  if (found.length > 0) return found;
  throw new MonosemError(
    'fileMissing',
    `No model was found in ${folder}: it needs onnx/model.onnx (or a variant such as model_quantized.onnx); check the folder or export the model with optimum.`,
  );
}

/** The folder an .onnx file belongs to: where its config.json is, beside it or one level up. */
export async function bundleFolderOf(onnxFile: string): Promise<string | undefined> {
  const beside = path.dirname(onnxFile);
  for (const folder of [beside, path.dirname(beside)]) {
    if (await exists(path.join(folder, 'config.json'))) return folder;
  }
  return undefined;
}

/** @throws MonosemError `fileMissing` or `fileDamaged`, naming the file and the field */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const file = path.join(folder, 'config.json');
  const json = await readJsonObject(file, 'The model configuration');
  const number = (...names: readonly string[]): number => {
    for (const name of names) {
      const value = json[name];
      if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    }
    throw new MonosemError(
      'fileDamaged',
      `${file} has no positive whole number "${names[0] ?? ''}"; use the config.json that belongs to the model.`,
    );
  };
  const type = json['model_type'];
  return {
    architecture: typeof type === 'string' ? type : 'unknown',
    layers: number('num_hidden_layers', 'n_layer', 'num_layers'),
    dModel: number('hidden_size', 'n_embd', 'd_model'),
    vocabularySize: number('vocab_size'),
    contextLength: number('max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len'),
  };
}

/**
 * Opens a model folder.
 * @param variant path of the .onnx inside the folder; the preferred one by default
 * @throws MonosemError naming the file that is missing or damaged
 */
export async function openBundle(folder: string, variant?: string): Promise<Bundle> {
  const absolute = path.resolve(folder);
  if (!(await exists(absolute))) {
    throw new MonosemError(
      'fileMissing',
      `The model folder ${absolute} does not exist; choose a folder with config.json, tokenizer.json and onnx/model.onnx.`,
    );
  }
  const [config, listed, tokenizer] = await Promise.all([
    readModelConfig(absolute),
    listVariants(absolute),
    TextTokenizer.load(absolute),
  ]);
  const chosen = variant ?? listed[0]?.variant ?? '';
  return {
    name: path.basename(absolute),
    folder: absolute,
    onnxFile: path.join(absolute, chosen),
    variant: chosen,
    config,
    tokenizer,
  };
}
