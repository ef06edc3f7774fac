// A model folder as the hub has it: config.json, tokenizer.json and one or more .onnx files. Reads the small files
// and says which .onnx is meant; it opens no session.
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { exists, readJsonObject } from '../files/files.ts';
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
  readonly config: ModelConfig;
  readonly tokenizer: TextTokenizer;
}

/**
 * Variants in the order they are preferred when a folder holds several: full precision first, because a feature's
 * activation should depend on the model and not on its compression.
 */
const variants = [
  'model.onnx',
  'model_fp16.onnx',
  'decoder_model_merged.onnx',
  'decoder_with_past_model.onnx',
  'model_quantized.onnx',
  'model_int8.onnx',
  'model_q8.onnx',
  'model_uint8.onnx',
  'model_q4.onnx',
  'model_q4f16.onnx',
];

/** Finds the .onnx of a model folder. @throws MonosemError `fileMissing` */
export async function findOnnxFile(folder: string): Promise<string> {
  for (const variant of variants) {
    for (const place of [path.join(folder, 'onnx', variant), path.join(folder, variant)]) {
      if (await exists(place)) return place;
    }
  }
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

/** Opens a model folder. @throws MonosemError naming the file that is missing or damaged */
export async function openBundle(folder: string): Promise<Bundle> {
  const absolute = path.resolve(folder);
  if (!(await exists(absolute))) {
    throw new MonosemError(
      'fileMissing',
      `The model folder ${absolute} does not exist; choose a folder with config.json, tokenizer.json and onnx/model.onnx.`,
    );
  }
  const [config, onnxFile, tokenizer] = await Promise.all([
    readModelConfig(absolute),
    findOnnxFile(absolute),
    TextTokenizer.load(absolute),
  ]);
  return { name: path.basename(absolute), folder: absolute, onnxFile, config, tokenizer };
}
